/* users.page */
select parent.id as _parent, edge.*, page.*
from unnest($1::uuid[]) as parent(id)
cross join lateral (
  select false as _more_before,
         false as _more_after
) edge
left join lateral (
  select u.*, (u.id)::text as _p0
  from users u where u.deleted_at is null
  order by u.id desc limit 11
) page on true
