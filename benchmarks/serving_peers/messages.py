"""Questions and answers as the API's messages. Knows nothing of channels or servers."""

from benchmarks.serving_peers.question import PAGE_SIZE, Answer, Question
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2


def request(question: Question, *, tenant: str) -> pb.RecommendRequest:
    """The message that asks it."""
    events = [types_pb2.Event(item_id=item_id, type=types_pb2.EVENT_TYPE_VIEW) for item_id in question.item_ids]
    said = [types_pb2.Declaration(text=question.text)] if question.text else []
    return pb.RecommendRequest(tenant=tenant, events=events, declarations=said, page_size=PAGE_SIZE)


def answered(answer: Answer) -> pb.RecommendResponse:
    """The message that tells it: ids and scores, nothing else."""
    pairs = zip(answer.item_ids, answer.scores, strict=True)
    return pb.RecommendResponse(items=[types_pb2.RecommendedItem(item_id=one, score=score) for one, score in pairs])


def answer_of(response: pb.RecommendResponse) -> Answer:
    """What a message tells."""
    return Answer(tuple(item.item_id for item in response.items), tuple(item.score for item in response.items))
