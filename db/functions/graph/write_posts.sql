create or replace function graph.write_posts(p_posts graph.post[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_posts constant graph.post[] := graph.drop_forgotten_posts(p_posts);
  v_changed_count integer;
begin
  with moved as materialized (
    select (s.post).*, coalesce(o.author_id, (s.post).author_id) as known_author_id, nextval('graph.change_ids') as change_id,
           case when o.post_id is null then 'added' when o.deleted_at is not null then 'revived' else 'changed' end as change
    from (select distinct on (p.post_id) p as post from unnest(v_posts) as p order by p.post_id) as s
    left join lateral (select * from graph.posts where post_id = (s.post).post_id limit 1) as o on true
    where o.post_id is null or o.deleted_at is not null
       or o.text is distinct from (s.post).text
       or o.lang is distinct from coalesce((s.post).lang, o.lang)
    order by (s.post).post_id
  ), logged as (
    insert into graph.post_changes (author_id, change_id, post_id, change, run_id, event_id, changed_at)
    select known_author_id, change_id, post_id, change, p_run_id, p_event_id, base.now()
    from moved
  ), added as (
    insert into graph.posts (post_id, author_id, posted_at, text, lang, conversation_id, in_reply_to_user_id, change_id)
    select post_id, author_id, posted_at, text, lang, conversation_id, in_reply_to_user_id, change_id
    from moved where change = 'added'
  ), updated as (
    update graph.posts as o set text = m.text, lang = coalesce(m.lang, o.lang), deleted_at = null, change_id = m.change_id
    from moved as m
    where m.change <> 'added' and o.post_id = m.post_id
  )
  select count(*) filter (where change <> 'changed') into v_changed_count from moved;
  perform graph.write_post_counts(v_posts);
  return v_changed_count;
end;
$$;
comment on function graph.write_posts(graph.post[], bigint, bigint) is
  'Stores posts and returns how many are new or came back. Author and time of a known post stay (G6); every author is a user here; of who was forgotten nothing is kept but numbers. The caller holds graph.lock_writer().';
