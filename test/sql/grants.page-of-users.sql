/* grants.page */
select parent.id as _parent, edge.*, page.*
from unnest($3::uuid[]) as parent(id)
cross join lateral (
  select false as _more_before,
         false as _more_after
) edge
left join lateral (
  select g.*, (g.id)::text as _p0
  from grants g where g.user_id = parent.id and g.mode = $1 and g.reason in ('PURCHASE', 'SUBSCRIPTION', 'TRIAL', 'MANUAL', 'GIFT', 'GRACE_PERIOD') and g.starts_at <= $2 and (g.ends_at is null or coalesce(g.closes_at, g.ends_at) > $2) and (g.ended_at is null or g.ended_at > $2)
  order by g.id desc limit 51
) page on true
