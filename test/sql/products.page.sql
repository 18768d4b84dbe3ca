/* products.page */
select parent.id as _parent, edge.*, page.*
from unnest($1::uuid[]) as parent(id)
cross join lateral (
  select false as _more_before,
         false as _more_after
) edge
left join lateral (
  select p.*, (p.id)::text as _p0
  from products p 
  order by p.id asc limit 11
) page on true
