/* activities.page */
select parent.id as _parent, edge.*, page.*
from unnest($3::uuid[]) as parent(id)
cross join lateral (
  select false as _more_before,
         false as _more_after
) edge
left join lateral (
  select a.*, (a.at)::text as _p0, (a.id)::text as _p1
  from activities a where a.mode = $1::text and a.user_id = $2::uuid
  order by a.at desc, a.id desc limit 51
) page on true
