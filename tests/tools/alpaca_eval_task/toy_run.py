"""AlpacaEval over toy answers with a judge behind an API."""

import json

from alpaca_eval import evaluate

ROWS = [
    ("Name a river.", "koala", "It is wet.", "The Rhine."),
    ("Name a hill.", "koala", "The Palatine.", "No."),
    ("Name a bird.", "vicuna", "Hm.", "An owl."),
    ("Name a tree.", "vicuna", "An oak.", "An elm."),
    ("Name a town.", "vicuna", "What?", "Vienna."),
]


def outputs(column, generator):
    return [
        {"instruction": row[0], "dataset": row[1], "output": row[column], "generator": generator} for row in ROWS
    ]


if __name__ == "__main__":
    for name, column in (("baseline", 2), ("model", 3)):
        with open(f"{name}.json", "w") as file:
            json.dump(outputs(column, f"toy-{name}"), file)
    evaluate(
        model_outputs="model.json", reference_outputs="baseline.json", annotators_config="toy_judge", output_path="results",
        precomputed_leaderboard=None, fn_metric="get_winrate", sort_by="win_rate", base_dir=".", caching_path=None,
    )  # fmt: skip
