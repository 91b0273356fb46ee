"""lighteval's command line without a network: importing its own tasks asks for a file and looks a judge up, neither needed here."""

import requests
from huggingface_hub import HfApi

missing = requests.Response()
missing.status_code = 404
requests.get = lambda *arguments, **options: missing
HfApi.list_models = lambda *arguments, **options: ["a judge"]

from lighteval.__main__ import app  # noqa: E402 — only after both have been told

app()
