"""Toy tasks of lighteval over local files: a choice in two subsets, words to say, and four tries at a sum."""

from lighteval.metrics.metrics import Metrics
from lighteval.metrics.normalizations import LogProbCharNorm
from lighteval.tasks.lighteval_task import LightevalTaskConfig
from lighteval.tasks.requests import Doc


def choose(line, task_name):
    return Doc(
        task_name=task_name, query=line["question"], choices=line["choices"], gold_index=line["answer"],
        specific={"picks": line["picks"]},
    )  # fmt: skip


def say(line, task_name):
    return Doc(task_name=task_name, query=line["question"], choices=[line["answer"]], gold_index=0, specific={"says": line["says"]})


def task(name, prompt, path, metrics, **more):
    facts = {
        "hf_subset": "default", "hf_avail_splits": ["train"], "evaluation_splits": ["train"], "few_shots_split": "train",
        "generation_size": 16, "version": 1,
    }  # fmt: skip
    return LightevalTaskConfig(name=name, prompt_function=prompt, hf_repo=path, metrics=metrics, **(facts | more))


CHOICES = [Metrics.loglikelihood_acc, Metrics.loglikelihood_acc(sample_params={"logprob_normalization": LogProbCharNorm()})]

TASKS_TABLE = [
    task("toy_geo:rivers", choose, "rivers", CHOICES),
    task("toy_geo:hills", choose, "hills", CHOICES),
    task("toy_words", say, "words", [Metrics.exact_match, Metrics.f1_score, Metrics.bleu], stop_sequence=["\n"]),
    task("toy_sums", say, "sums", [Metrics.pass_at_k(sample_params={"k": 2, "n": 4})], stop_sequence=["\n"]),
]
