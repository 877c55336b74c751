create or replace function graph.write_post_counts(p_posts graph.post[])
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into graph.post_counts as c (post_id, like_count, repost_count, reply_count, quote_count)
  select distinct on (p.post_id) p.post_id, p.like_count, p.repost_count, p.reply_count, p.quote_count
  from unnest(p_posts) as p
  left join lateral (select * from graph.post_counts where post_id = p.post_id limit 1) as o on true
  where num_nonnulls(p.like_count, p.repost_count, p.reply_count, p.quote_count) > 0
    and (o.like_count, o.repost_count, o.reply_count, o.quote_count) is distinct from
        (coalesce(p.like_count, o.like_count), coalesce(p.repost_count, o.repost_count),
         coalesce(p.reply_count, o.reply_count), coalesce(p.quote_count, o.quote_count))
  order by p.post_id
  on conflict (post_id) do update set
    like_count = coalesce(excluded.like_count, c.like_count),
    repost_count = coalesce(excluded.repost_count, c.repost_count),
    reply_count = coalesce(excluded.reply_count, c.reply_count),
    quote_count = coalesce(excluded.quote_count, c.quote_count);
end;
$$;
comment on function graph.write_post_counts(graph.post[]) is 'Counts of posts, where they moved.';
