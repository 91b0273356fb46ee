"""Toy data sets of EvalScope for a model behind an API. Usage: python toy_tasks.py ADDRESS."""

import sys

from evalscope import TaskConfig, run_task
from evalscope.api.benchmark import BenchmarkMeta
from evalscope.api.metric.semantics import MetricSelector
from evalscope.api.registry import register_benchmark
from evalscope.benchmarks.general_mcq.general_mcq_adapter import GeneralMCQAdapter

CHOOSE = "{question}\n{choices}\nSay ANSWER: and one of {letters}."
QUIZ = {"local_path": "quiz", "subset_list": ["rivers", "hills"], "few_shot_num": 0, "prompt_template": CHOOSE}
QA = {"local_path": "qa", "subset_list": ["lines"], "metric_list": ["Rouge"], "prompt_template": "{question}"}


@register_benchmark(BenchmarkMeta(
    name="toy_tries", pretty_name="Toy tries", description="A toy.", dataset_id="quiz", subset_list=["rivers", "hills"],
    metric_list=["acc"], few_shot_num=0, eval_split="val",
    prompt_template=CHOOSE, aggregation="mean_and_pass_at_k", evaluation_version="v1.0",
    primary_metric=MetricSelector(name="accuracy", aggregation="mean"),
    extra_params={
        name: {"type": "bool", "description": "As in general_mcq.", "value": False} for name in ("multiple_correct", "use_cot")
    },
))  # fmt: skip
class ToyTries(GeneralMCQAdapter):
    """The quiz, with pass@k."""


def run(address, folder, datasets, dataset_args, **more):
    run_task(TaskConfig(
        model="example-org/toy-7b", model_id="toy-7b", eval_type="openai_api", api_url=address, api_key="EMPTY", datasets=datasets,
        dataset_args=dataset_args, eval_batch_size=1, work_dir=folder, seed=42,
        generation_config={"temperature": 0.7, "top_p": 0.9, "max_tokens": 64}, **more,
    ))  # fmt: skip


if __name__ == "__main__":
    run(sys.argv[1], "once", ["general_mcq", "general_qa"], {"general_mcq": QUIZ, "general_qa": QA})
    run(sys.argv[1], "twice", ["toy_tries"], {"toy_tries": {"local_path": "quiz"}}, repeats=2, limit=2)
