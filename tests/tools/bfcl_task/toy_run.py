"""BFCL's evaluation of a toy model's calls: two simple ones, right and wrong, and two questions that no function fits, one seen."""

import json
import os
from pathlib import Path

ROOT = Path.cwd()
os.environ["BFCL_PROJECT_ROOT"] = str(ROOT)
os.environ["OPENAI_API_KEY"] = "none"

from bfcl_eval.constants.model_config import MODEL_CONFIG_MAPPING, ModelConfig
from bfcl_eval.eval_checker.eval_runner import main
from bfcl_eval.model_handler.api_inference.openai_completion import OpenAICompletionsHandler

MODEL = "example-org/toy-7b-FC"
CALLS = {
    "simple_python": {
        "simple_python_0": [{"calculate_triangle_area": '{"base": 10, "height": 5}'}],
        "simple_python_1": [{"math_factorial": '{"number": 6}'}],
    },
    "irrelevance": {
        "irrelevance_0": "No function fits.",
        "irrelevance_1": [{"math_sum": "{}"}],
    },
}

MODEL_CONFIG_MAPPING[MODEL] = ModelConfig(
    model_name=MODEL, display_name="Toy 7B (FC)", url="https://example.org/toy-7b", org="example-org", license="apache-2.0",
    model_handler=OpenAICompletionsHandler, input_price=None, output_price=None, is_fc_model=True, underscore_to_dot=True,
)  # fmt: skip

if __name__ == "__main__":
    folder = ROOT / "result" / MODEL.replace("/", "_") / "non_live"
    folder.mkdir(parents=True)
    for category, calls in CALLS.items():
        rows = [
            {"id": key, "result": said, "latency": 0.5, "input_token_count": 100, "output_token_count": 20}
            for key, said in calls.items()
        ]
        (folder / f"BFCL_v4_{category}_result.json").write_text("".join(json.dumps(row) + "\n" for row in rows))
    main([MODEL], list(CALLS), None, None, partial_eval=True)
