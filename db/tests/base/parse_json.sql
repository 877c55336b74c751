begin;
select plan(10);

select is(base.parse_json('{"a": [1, "x\u00e9 \ud83d\ude00"]}') #>> '{a,1}', 'xé 😀', 'JSON is read');
select is(base.parse_json('{"a": "x\u0000y"}') ->> 'a', E'x\ufffdy', 'NUL is replaced');
select is(base.parse_json('{"a": "\u0000\u0000"}') ->> 'a', E'\ufffd\ufffd', 'each of them');
select is(base.parse_json('{"a": "\ud83d! \ude00! \ude00\ud83d"}') ->> 'a', E'\ufffd! \ufffd! \ufffd\ufffd', 'lone surrogates are replaced');
select is(base.parse_json('{"a": "\u0000", "b": "\uD83D\uDE00"}') ->> 'b', '😀', 'and pairs stay');
select is(base.parse_json('{"a": "\u0000", "b": "\\u0000 \\ud83d"}') ->> 'b', '\u0000 \ud83d', 'so does text that only looks like an escape');
select is(base.parse_json('{"a": "\\ud83d\ude00"}') ->> 'a', E'\\ud83d\ufffd', 'a backslash in front of a surrogate makes no pair');
select is(base.parse_json('{"a": 1e999999, "b": "1e999999", "c": 2}'), '{"a": null, "b": "1e999999", "c": 2}', 'a number that nothing can hold is none');
select is((select count(base.parse_json(t)) from unnest(array['', ' ', '<html>', '{"a": ', '{"a": "b', '{a: 1}', '{"a": 1}}', E'{"a": "\u0001"}', '\u0000']) as t),
  0::bigint, 'what is no JSON is null');
select is(base.parse_json(repeat('[', 200000)), null, 'what is nested too deep is null');

select * from finish();
rollback;
