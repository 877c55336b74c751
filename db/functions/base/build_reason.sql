create or replace function base.build_reason(p_about text, p_says text, p_facts jsonb default '{}', p_because jsonb default null)
  returns jsonb
  language sql
  immutable
as $$
  select jsonb_build_object('about', p_about, 'says', p_says) || p_facts
         || case when jsonb_array_length(p_because) > 0 then jsonb_build_object('because', p_because) else '{}' end;
$$;
comment on function base.build_reason(text, text, jsonb, jsonb) is
  'A reason, one shape for all: {about: what kind of thing, says: a sentence, …: the facts in it, because: [reasons]}.';
