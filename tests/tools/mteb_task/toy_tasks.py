"""Toy tasks of MTEB with data in memory, and an encoder that counts letters. Usage: python toy_tasks.py DIRECTORY."""

import string
import sys

import mteb
import numpy as np
from datasets import Dataset, DatasetDict
from mteb.abstasks.classification import AbsTaskClassification
from mteb.abstasks.retrieval import AbsTaskRetrieval
from mteb.abstasks.sts import AbsTaskSTS
from mteb.abstasks.task_metadata import TaskMetadata
from mteb.cache import ResultCache
from mteb.models.model_meta import ModelMeta, ScoringFunction
from mteb.similarity_functions import select_pairwise_similarity, select_similarity


def metadata(name, kind, main_score, **more):
    facts = {
        "description": "A toy.", "reference": None, "dataset": {"path": f"example-org/{name}", "revision": "r1"}, "category": "t2t",
        "eval_splits": ["test"], "eval_langs": ["eng-Latn"], "date": ("2026-01-01", "2026-01-02"), "dialect": ["Written"], "domains": [],
        "task_subtypes": [], "license": "apache-2.0", "annotations_creators": "derived", "modalities": ["text"], "sample_creation": "found",
        "bibtex_citation": "",
    }  # fmt: skip
    return TaskMetadata(name=name, type=kind, main_score=main_score, **(facts | more))


class ToyPairs(AbsTaskSTS):
    metadata = metadata(
        "ToyPairs", "STS", "cosine_spearman", eval_splits=["validation", "test"],
        eval_langs={"en": ["eng-Latn"], "de": ["deu-Latn"]},
    )  # fmt: skip
    min_score = 0
    max_score = 5

    def load_data(self, num_proc=None, **kwargs):
        pairs = {
            "en": [("a river", "the river"), ("a hill", "an owl"), ("two cats", "one dog"), ("snow fell", "it snowed")],
            "de": [("ein Fluss", "der Fluss"), ("ein Berg", "eine Eule"), ("zwei Katzen", "ein Hund"), ("Schnee", "schneit")],
        }
        columns = {
            language: {
                "sentence1": [first for first, _ in found], "sentence2": [second for _, second in found], "score": [5.0, 1.0, 0.0, 4.0],
            }
            for language, found in pairs.items()
        }  # fmt: skip
        self.dataset = {
            language: DatasetDict({
                "validation": Dataset.from_dict({name: each[:3] for name, each in rows.items()}), "test": Dataset.from_dict(rows),
            })
            for language, rows in columns.items()
        }
        self.data_loaded = True


class ToyMoods(AbsTaskClassification):
    metadata = metadata("ToyMoods.v2", "Classification", "accuracy")
    n_experiments = 3
    samples_per_label = 2

    def load_data(self, num_proc=None, **kwargs):
        train = ["what joy", "so glad", "a happy day", "how sad", "it hurts", "a dull day"]
        test = ["joyful", "gladly", "sadly", "dull pain", "happy end", "a sad end"]
        self.dataset = DatasetDict({
            "train": Dataset.from_dict({"text": train, "label": [1, 1, 1, 0, 0, 0]}),
            "test": Dataset.from_dict({"text": test, "label": [1, 1, 0, 0, 1, 0]}),
        })
        self.data_loaded = True


class ToySearch(AbsTaskRetrieval):
    metadata = metadata("ToySearch", "Retrieval", "ndcg_at_10")

    def load_data(self, num_proc=None, **kwargs):
        queries = {"q1": "long rivers", "q2": "high hills", "q3": "night birds"}
        corpus = {"d1": "the longest river of all", "d2": "a hill that is high", "d3": "an owl flies by night", "d4": "bird song"}
        relevant = {"q1": {"d1": 1}, "q2": {"d2": 1}, "q3": {"d3": 1, "d4": 1}}
        data = {
            "queries": Dataset.from_dict({"id": list(queries), "text": list(queries.values())}),
            "corpus": Dataset.from_dict({"id": list(corpus), "text": list(corpus.values()), "title": [""] * len(corpus)}),
            "relevant_docs": relevant,
            "top_ranked": None,
        }
        self.dataset = {"default": {"test": data}}
        self.data_loaded = True


class LetterCounter:
    """Counts letters, only the vowels where so asked."""

    def __init__(self, model_name, revision, letters=string.ascii_lowercase, **kwargs):
        self.letters = letters
        self.mteb_model_meta = None

    def encode(self, inputs, *, task_metadata, hf_split, hf_subset, prompt_type=None, **kwargs):
        texts = [text for batch in inputs for text in batch["text"]]
        return np.array([[1 + text.lower().count(letter) for letter in self.letters] for text in texts], dtype=np.float32)

    def similarity(self, embeddings1, embeddings2):
        return select_similarity(embeddings1, embeddings2, ScoringFunction.COSINE)

    def similarity_pairwise(self, embeddings1, embeddings2):
        return select_pairwise_similarity(embeddings1, embeddings2, ScoringFunction.COSINE)


def encoder(experiment=None):
    return ModelMeta(
        loader=LetterCounter, loader_kwargs=experiment or {}, experiment_kwargs=experiment, name="example-org/toy-letters",
        revision="0123456789abcdef0123456789abcdef01234567", release_date="2026-01-15", languages=["eng-Latn", "deu-Latn"],
        n_parameters=1000, n_embedding_parameters=0, memory_usage_mb=1, license="apache-2.0", max_tokens=512, embed_dim=26,
        reference=None, open_weights=True, framework=["NumPy"], use_instructions=False, public_training_code=None,
        public_training_data=None, training_datasets=set(), modalities=["text"], model_type=["dense"], similarity_fn_name="cosine",
    )  # fmt: skip


if __name__ == "__main__":
    cache = ResultCache(cache_path=sys.argv[1])
    every = [ToyPairs(), ToyMoods(), ToySearch()]
    mteb.evaluate(encoder(), every, cache=cache, co2_tracker=False, show_progress_bar=False)
    mteb.evaluate(encoder({"letters": "aeiou"}), [ToyPairs()], cache=cache, co2_tracker=False, show_progress_bar=False)
