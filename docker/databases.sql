-- Run once by PostgreSQL's image, on its first start: the server's role is no superuser.
\set ON_ERROR_STOP on
\getenv password MLFLOW_DB_PASSWORD
CREATE ROLE mlflow LOGIN PASSWORD :'password';
CREATE DATABASE mlflow OWNER mlflow;
CREATE DATABASE mlflow_auth OWNER mlflow;
