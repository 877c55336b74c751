create or replace function ingest.set_strangers_aside(p_run ingest.runs, inout p_answer ingest.answer)
  language plpgsql
  stable
as $$
declare
  v_posts graph.post[];
  v_strange jsonb[];
begin
  if p_answer.posts is null then
    return;
  end if;
  -- A timeline's author is known from its path; a post that is known has its author already.
  select array_agg(row(p.post_id, a.author_id, p.posted_at, p.text, p.lang, p.conversation_id, p.in_reply_to_user_id, p.like_count,
                       p.repost_count, p.reply_count, p.quote_count)::graph.post) filter (where u.user_id is not null),
         array_agg(jsonb_build_object('reason', case when a.author_id is null then 'its author is not named' else 'its author is not hydrated' end,
                                      'author_id', a.author_id, 'raw', to_jsonb(p) || jsonb_build_object('author_id', a.author_id)))
           filter (where u.user_id is null)
  into v_posts, v_strange
  from unnest(p_answer.posts) as p
  left join lateral (select author_id from graph.posts where post_id = p.post_id limit 1) as known on true
  cross join lateral (select coalesce(known.author_id, p.author_id, p_run.subject_id)) as a (author_id)
  left join lateral (select user_id from graph.users where user_id = a.author_id limit 1) as u on true;
  p_answer.posts := v_posts;
  p_answer.rejects := p_answer.rejects || v_strange;
end;
$$;
comment on function ingest.set_strangers_aside(ingest.runs, ingest.answer) is 'The answer with every post''s author filled in; posts by authors that are no users here are among its rejects (I5, G2).';
