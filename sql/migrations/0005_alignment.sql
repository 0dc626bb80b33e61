-- How a keyframe was found: which version of which target model, and how sure.

alter table training.keyframes
add column event_offset_error_s double precision,
add column reference_version bigint,
add column reference_sha256 text,
add column vote_count bigint,
add column is_mirrored boolean,
add column speed_ratio double precision;
