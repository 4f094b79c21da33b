"""Print every route that the tracking server has, as JSON: methods and path, one a line.

Run by the server's Python with the server's variables. The application is made as
`mlflow server --app-name basic-auth` has it made: FastAPI's routes, and Flask's behind them.
"""

import json
import os
import sys
from collections.abc import Iterator

os.environ["_MLFLOW_SGI_NAME"] = "uvicorn"
os.environ["_MLFLOW_SERVER_SERVE_ARTIFACTS"] = "true"

from fastapi.routing import iter_route_contexts
from mlflow.server import app as flask_app
from mlflow.server.auth import create_app
from starlette.routing import Mount


def routes() -> Iterator[tuple[list[str], str]]:
    """Yield the methods and the path of each route, with parameters as the framework has them."""
    for context in iter_route_contexts(create_app(flask_app).routes):
        if not isinstance(context.original_route, Mount):  # of Flask, which has its own table
            yield sorted(context.methods), context.path
    for rule in flask_app.url_map.iter_rules():
        yield sorted(rule.methods), rule.rule


for methods, path in routes():
    sys.stdout.write(json.dumps([methods, path]) + "\n")
