"""Toy scenarios of HELM with their run specifications, and a model that answers by rule."""

from helm.benchmark.adaptation.common_adapter_specs import get_generation_adapter_spec, get_multiple_choice_joint_adapter_spec
from helm.benchmark.augmentations.data_augmenter import DataAugmenterSpec
from helm.benchmark.augmentations.perturbation import PerturbationSpec
from helm.benchmark.metrics.common_metric_specs import get_classification_metric_specs, get_exact_match_metric_specs, get_f1_metric_specs
from helm.benchmark.run_spec import RunSpec, run_spec_function
from helm.benchmark.scenarios.scenario import CORRECT_TAG, Input, Instance, Output, Reference, Scenario, ScenarioSpec
from helm.clients.simple_client import SimpleClient

QUIZ = {
    "rivers": {
        "train": [("Which river runs through Rome?", "Tiber"), ("Which river runs through Cologne?", "Rhine")],
        "valid": [("Which river runs through London?", "Thames"), ("Which river runs through Prague?", "Moldau")],
        "test": [
            ("Which river runs through Paris?", "Seine"),
            ("Which river runs through Vienna?", "Danube"),
            ("Which river runs through Dresden?", "Elbe"),
        ],
    },
}
MOODS = {
    "train": [("What joy", "good"), ("It hurts", "bad")],
    "test": [("So glad", "good"), ("How dull", "bad"), ("A happy day", "good"), ("Sad news", "bad")],
}
ANSWERS = {
    "Paris": "A", "Vienna": "B", "Dresden": "B", "London": "A", "Prague": " a", "So glad": "good", "How dull": "good", "happy": "good", "Sad": "bad",
}  # fmt: skip
"""What the model says, by a part of the last question; it does not know cities in lower case."""


class ToyQuiz(Scenario):
    """Rivers of cities."""

    name = "toy_quiz"
    description = "A toy."
    tags = ["toy"]

    def __init__(self, subject):
        super().__init__()
        self.subject = subject

    def get_instances(self, output_path):
        found = []
        for split, rows in QUIZ[self.subject].items():
            for question, answer in rows:
                others = [other for _, other in rows if other != answer][:1]
                first = answer in {"Seine", "Thames", "Tiber"}
                names = [answer, *others] if first else [*others, answer]
                references = [Reference(Output(text=name), tags=[CORRECT_TAG] if name == answer else []) for name in names]
                found.append(Instance(input=Input(text=question), references=references, split=split))
        return found


class ToyMoods(Scenario):
    """Moods of words."""

    name = "toy_moods"
    description = "A toy."
    tags = ["toy"]

    def get_instances(self, output_path):
        return [
            Instance(
                input=Input(text=words),
                references=[Reference(Output(text=name), tags=[CORRECT_TAG] if name == mood else []) for name in ("good", "bad")],
                split=split,
            )
            for split, rows in MOODS.items()
            for words, mood in rows
        ]


@run_spec_function("toy_quiz")
def toy_quiz(subject):
    lower = PerturbationSpec(class_name="helm.benchmark.augmentations.lowercase_perturbation.LowerCasePerturbation", args={})
    return RunSpec(
        name=f"toy_quiz:subject={subject},method=multiple_choice_joint",
        scenario_spec=ScenarioSpec(class_name="toy_helm.ToyQuiz", args={"subject": subject}),
        adapter_spec=get_multiple_choice_joint_adapter_spec(
            instructions="Give the letter.", input_noun="Question", output_noun="Answer", max_train_instances=1, num_train_trials=2, num_outputs=1,
        ),
        metric_specs=get_exact_match_metric_specs(),
        data_augmenter_spec=DataAugmenterSpec(
            perturbation_specs=[lower], should_augment_eval_instances=True, should_include_original_eval=True, should_skip_unchanged_eval=True,
        ),
        groups=["toy_quiz"],
    )  # fmt: skip


@run_spec_function("toy_moods")
def toy_moods():
    return RunSpec(
        name="toy_moods",
        scenario_spec=ScenarioSpec(class_name="toy_helm.ToyMoods", args={}),
        adapter_spec=get_generation_adapter_spec(
            instructions="Give the mood.", input_noun="Words", output_noun="Mood", max_train_instances=2, max_tokens=5, temperature=0.0,
        ),
        metric_specs=get_f1_metric_specs() + get_classification_metric_specs(labels=["good", "bad"]),
        groups=["toy_moods"],
    )  # fmt: skip


class ToyClient(SimpleClient):
    """Answers the last question of a prompt."""

    def invoke_model(self, raw_request):
        last = raw_request["prompt"].replace("Words:", "Question:").rpartition("Question:")[2]
        said = next((answer for part, answer in ANSWERS.items() if part in last), "B")
        return {"completions": [said] * raw_request["num_completions"]}
