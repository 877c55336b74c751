create or replace function ingest.estimate_list(p_sync_kind text, p_subject_id bigint)
  returns table (subject_count bigint, list_count bigint, new_count bigint, doubt_count bigint)
  language sql
  stable
as $$
  -- By how much the list has grown, the profile knows; what left it unseen is what we have beyond that. The offset between both cancels.
  select c.subject_count,
         case when e.list_count < 0 then 0 else e.list_count end,
         case when e.new_count < 0 then 0 else e.new_count end,
         case when e.doubt_count < 0 then 0 else e.doubt_count end
  from (select ingest.profile_count(p_sync_kind, p_subject_id) as subject_count) as c
  left join ingest.subjects as s on s.sync_kind = p_sync_kind and s.subject_id = p_subject_id
  cross join lateral (
    select s.list_count + c.subject_count - s.count_at_full, c.subject_count - s.count_at_look,
           graph.list_growth(p_sync_kind, p_subject_id, s.full_position) - (c.subject_count - s.count_at_full)
  ) as e (list_count, new_count, doubt_count);
$$;
comment on function ingest.estimate_list(text, bigint) is
  'What the counts of the subject''s profile say of a list (I9): how many the profile counts, how long the list must be, how many are new since the last look at least, and how many must have left it unseen since it was read in full. Null: not known.';
