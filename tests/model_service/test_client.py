import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.model_service.port import AnswerShape, ChatMessage, ChatQuestion
from sportsgpt_lib.model_service.refusal import read_wait_s
from sportsgpt_lib.model_service.token_budget import TokenBudget
from tests.guidance.model_server import ModelServer, Reply, write_completion

SHAPE = AnswerShape("shape", {"type": "object", "properties": {}, "required": []})
QUESTION = ChatQuestion(
    (ChatMessage("system", "Be brief."), ChatMessage("user", "Why?")), SHAPE
)


def ask_error(client, question=QUESTION, budget=None) -> str:
    with pytest.raises(ModelServiceError) as caught:
        client.ask(question, budget)
    return caught.value.found


def test_a_question_goes_out_with_every_setting(server, connect):
    server.say("{}")
    client = connect(server.url, temperature=0.7, seed=5, most_answer_tokens=99)
    answer = client.ask(QUESTION)
    assert (answer.text, answer.prompt_tokens, answer.answer_tokens) == ("{}", 900, 300)
    assert server.requests == [
        {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Why?"},
            ],
            "max_tokens": 99,
            "temperature": 0.7,
            "seed": 5,
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "shape",
                    "strict": True,
                    "schema": {"type": "object", "properties": {}, "required": []},
                },
            },
        }
    ]
    assert "authorization: Bearer not-a-key" in server.heard


def test_a_question_may_have_limits_and_a_seed_of_its_own(server, connect):
    server.say("fine")
    client = connect(server.url, seed=5)
    client.ask(ChatQuestion(QUESTION.messages, most_tokens=7, seed_step=2))
    sent = server.requests[0]
    assert (sent["max_tokens"], sent["seed"]) == (7, 7)
    assert "response_format" not in sent


@pytest.mark.parametrize("is_thinking", [True, False])
def test_thinking_is_switched_only_where_it_is_set(server, connect, is_thinking):
    server.say("{}")
    connect(server.url, is_thinking=is_thinking).ask(QUESTION)
    connect(server.url).ask(QUESTION)
    switched, silent = server.requests
    assert switched["chat_template_kwargs"] == {"enable_thinking": is_thinking}
    assert "chat_template_kwargs" not in silent


def test_nothing_is_told_of_this_machine(server, connect, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "the-federation")
    server.say("{}")
    connect(server.url).ask(QUESTION)
    assert "x-stainless" not in server.heard.lower()
    assert "the-federation" not in server.heard


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_a_passing_fault_of_the_server_is_waited_out(server, connect, status):
    server.refuse(status).say("{}")
    assert connect(server.url).ask(QUESTION).text == "{}"
    assert len(server.requests) == 2


def test_a_lasting_fault_ends_after_all_attempts(server, connect):
    server.refuse(429)
    client = connect(server.url, attempts=3)
    assert ask_error(client) == "it answered with status 429"
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_a_request_that_is_refused_is_not_repeated(server, connect, status):
    server.refuse(status)
    assert f"status {status}" in ask_error(connect(server.url))
    assert len(server.requests) == 1


def test_the_wait_that_a_server_asks_for_is_kept(server, connect):
    waits = []
    server.refuse(429, Retry_After="7").refuse(429).say("{}")
    connect(server.url, waits.append, attempts=3).ask(QUESTION)
    assert waits == [7.0, 14.0]


def test_a_server_that_asks_for_an_hour_is_not_waited_for(server, connect):
    waits = []
    server.refuse(429, Retry_After="3600")
    assert "429" in ask_error(connect(server.url, waits.append, attempts=5))
    assert (len(server.requests), waits) == (1, [])


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        (None, 0.0),
        ("5", 5.0),
        ("-3", 0.0),
        ("soon", 0.0),
        ("nan", 0.0),
        ("inf", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, wait_s):
    assert read_wait_s(header) == wait_s


def test_retry_after_as_a_date_to_come_is_a_wait():
    assert read_wait_s("Fri, 31 Dec 2100 23:59:59 GMT") > 1e9


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_that_refuses_the_schema_is_asked_for_less_from_then_on(
    server, connect, caplog, status
):
    server.refuse(status).refuse(400).say("{}")
    client = connect(server.url)
    with caplog.at_level(logging.WARNING):
        client.ask(QUESTION)
        client.ask(QUESTION)
    kinds = [sent.get("response_format", {}).get("type") for sent in server.requests]
    assert kinds == ["json_schema", "json_object", None, None]
    told = [r for r in caplog.records if "response_format" in r.message]
    assert len(told) == 1


def test_a_request_that_is_wrong_whatever_its_shape_teaches_nothing(server, connect):
    server.refuse(400).refuse(400).refuse(400).say("{}")
    client = connect(server.url)
    assert ask_error(client) == "it answered with status 400"
    client.ask(QUESTION)
    assert server.requests[-1]["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("kind", ["json_object", "off"])
def test_a_setting_can_ask_for_less_than_the_schema(server, connect, kind):
    server.say("{}")
    connect(server.url, structured_output=kind).ask(QUESTION)
    sent = server.requests[0].get("response_format")
    assert sent == ({"type": "json_object"} if kind == "json_object" else None)


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_of_many_megabytes_is_not_read_to_its_end(server, connect, status):
    server.reply(Reply(status, b"x" * 1_000_000, repeat=60))
    client = connect(server.url, most_answer_bytes=100_000)
    assert ask_error(client) == "its answer is too long to be read"
    assert server.sent_bytes < 30_000_000
    assert len(server.requests) == 1


def test_a_packed_answer_is_not_unpacked(server, connect):
    packed = {"Content-Encoding": "gzip"}
    server.reply(Reply(body=write_completion("{}"), headers=packed))
    assert ask_error(connect(server.url)) == "its answer is too long to be read"


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=write_completion("{}"), wait_s=60),
        Reply(body=write_completion("{}"), drip_s=0.3),
    ],
    ids=["hangs", "drips"],
)
def test_a_server_that_takes_its_time_is_left(server, connect, reply):
    server.reply(reply)
    client = connect(server.url, timeout_s=0.5, attempts=1)
    assert ask_error(client) == "it did not answer in time"


def test_a_cut_connection_is_tried_again(server, connect):
    server.reply(Reply(body=write_completion("{}"), cut_after=20)).say("{}")
    assert connect(server.url).ask(QUESTION).text == "{}"


def test_a_server_that_cuts_every_connection_is_given_up(server, connect):
    server.reply(Reply(body=write_completion("{}"), cut_after=20))
    assert ask_error(connect(server.url)) == "the connection was cut"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"<html>502</html>",
        b'{"choices": []}',
        b"[]",
        b'{"choices": null}',
        b'{"choices": [{"message": {"content": ["a", 1]}}]}',
        b"",
        b'{"choices": [',
    ],
)
def test_what_is_no_chat_completion_is_refused(server, connect, body):
    server.reply(Reply(body=body))
    assert ask_error(connect(server.url)) == "its answer is not a chat completion"


def test_a_web_page_in_place_of_an_answer_is_refused(server, connect):
    server.reply(Reply(body=b"<html></html>", headers={"Content-Type": "text/html"}))
    assert ask_error(connect(server.url)) == "its answer is not a chat completion"


@pytest.mark.parametrize(
    "usage", [[], "many", {"prompt_tokens": "x"}, {"prompt_tokens": -5}]
)
def test_odd_counts_of_tokens_are_unknown(server, connect, usage):
    server.say("{}", usage=usage)
    budget = TokenBudget()
    answer = connect(server.url).ask(QUESTION, budget)
    assert answer.prompt_tokens is None
    assert budget.taken_tokens > 4096


def test_thoughts_never_reach_the_caller(server, connect):
    server.say("<think>Five sets.</think>{}")
    assert connect(server.url).ask(QUESTION).text == "{}"


def test_nobody_there_ends_when_the_patience_does(connect):
    client = connect("http://127.0.0.1:1/v1", attempts=1)
    assert ask_error(client).startswith("it could not be reached")


def test_a_server_that_comes_back_in_time_has_lost_no_question(connect):
    first = ModelServer().say("{}")
    client = connect(first.url, attempts=1, patience_s=20.0)
    client.ask(QUESTION)
    first.stop()
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(client.ask, QUESTION) for _ in range(4)]
        second = ModelServer(first.port).say("{}")
        assert [future.result().text for future in waiting] == ["{}"] * 4
    second.stop()


def test_a_dead_server_costs_its_wait_once_and_not_for_every_question(server, connect):
    server.reply(Reply(wait_s=60))
    client = connect(
        server.url, timeout_s=0.2, first_wait_s=1.0, patience_s=0.1, concurrency=4
    )
    with ThreadPoolExecutor(4) as pool:
        errors = list(pool.map(lambda _: ask_error(client), range(40)))
    assert len(errors) == 40
    assert len(server.requests) <= 8
    assert sum("too long to be waited" in error for error in errors) >= 32


def test_as_many_questions_are_under_way_as_set_and_no_more(server, connect):
    three = threading.Barrier(3, timeout=30)

    def speak_when_three_ask(_request: dict) -> str:
        three.wait()
        return "{}"

    server.speak(speak_when_three_ask)
    client = connect(server.url, concurrency=3)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: client.ask(QUESTION), range(24)))
    assert server.most_at_once == 3


def test_a_question_over_the_budget_is_not_sent(server, connect):
    server.say("{}")
    client = connect(server.url, most_answer_tokens=100)
    budget = TokenBudget(2000)
    client.ask(QUESTION, budget)
    assert budget.taken_tokens == 1200
    client.ask(QUESTION, budget)
    assert "too little" in ask_error(client, budget=budget)
    assert len(server.requests) == 2


def test_a_refused_question_gives_its_tokens_back(server, connect):
    server.refuse(404)
    budget = TokenBudget(10_000)
    ask_error(connect(server.url), budget=budget)
    assert budget.taken_tokens == 0


def test_a_redirect_leads_nowhere(server, connect):
    elsewhere = ModelServer().say("{}")
    server.refuse(307, Location=f"{elsewhere.url}/chat/completions")
    assert "status 307" in ask_error(connect(server.url))
    assert elsewhere.requests == []
    elsewhere.stop()


def test_no_proxy_of_the_environment_is_used(server, connect, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server.say("{}")
    assert connect(server.url).ask(QUESTION).text == "{}"


def test_errors_name_neither_address_nor_key_nor_the_servers_words(server, connect):
    server.refuse(404, json.dumps({"error": {"message": "Obey me"}}))
    with pytest.raises(ModelServiceError) as caught:
        connect(server.url).ask(QUESTION)
    for secret in ("not-a-key", "127.0.0.1", str(server.port), "Obey"):
        assert secret not in str(caught.value)


def test_the_fingerprint_knows_what_decides_answers_and_no_address(server, connect):
    plain = connect(server.url).fingerprint
    assert connect("http://elsewhere:1/v1").fingerprint == plain
    for change in ({"seed": 1}, {"temperature": 0.5}, {"is_thinking": False}):
        assert connect(server.url, **change).fingerprint != plain
