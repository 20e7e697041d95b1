"""What our featurizers have in common: they learn nothing, and look at one message at a time."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class MessageFeaturizer(DenseFeaturizer, GraphComponent):
    """A dense featurizer, made from its settings and its name in the graph."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """`name` marks the features as its own."""
        super().__init__(name, config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageFeaturizer:
        """Make the component, as Rasa's graph asks for it."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check."""

    @abstractmethod
    def featurize(self, message: Message) -> None:
        """Add features to one message."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to messages."""
        for message in messages:
            self.featurize(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to training examples."""
        self.process(training_data.training_examples)
        return training_data
