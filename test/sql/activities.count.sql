/* activities.count */
select parent.id, (select count(*)::int from activities a where a.mode = $1::text) as count
from unnest($2::uuid[]) as parent(id)
