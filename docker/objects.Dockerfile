# The object store as an ordinary user, with the server's bucket: a folder under /data is a bucket,
# and a new volume starts with what the image has there.
FROM versity/versitygw:v1.8.0
USER 0:0
RUN mkdir -p /data/mlflow && chown -R 65534:65534 /data
USER 65534:65534
