"""A model for lighteval: it says what the documents' own fields say, so that its scores can be counted by hand."""

from lighteval.models.abstract_model import LightevalModel
from lighteval.models.model_output import ModelResponse
from lighteval.tasks.requests import SamplingMethod
from lighteval.utils.cache_management import SampleCache, cached


class ToyModel(LightevalModel):
    """Prefers the choice, and says the words, that stand in the document."""

    def __init__(self, config):
        self.config = config
        self._cache = SampleCache(config)

    @property
    def tokenizer(self):
        return None

    @property
    def add_special_tokens(self):
        return False

    @property
    def max_length(self):
        return 2048

    @cached(SamplingMethod.GENERATIVE)
    def greedy_until(self, docs):
        return [ModelResponse(text=(doc.specific["says"] * doc.num_samples)[: doc.num_samples]) for doc in docs]

    @cached(SamplingMethod.LOGPROBS)
    def loglikelihood(self, docs):
        return [
            ModelResponse(
                logprobs=[-0.5 if index == doc.specific["picks"] else -2.0 - index for index in range(len(doc.choices))],
                argmax_logits_eq_gold=[index == doc.specific["picks"] for index in range(len(doc.choices))],
            )
            for doc in docs
        ]

    def loglikelihood_rolling(self, docs):
        raise NotImplementedError
