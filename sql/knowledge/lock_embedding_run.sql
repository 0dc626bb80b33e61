-- One run embeds for model $1 at a time; held until the session ends.
select pg_advisory_lock(hashtext('sportsgpt knowledge embedding'), hashtext($1::text))
