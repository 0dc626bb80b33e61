-- Reports in more than one language, and reports of a night without a knowledge base.

alter table training.guidance_reports
add column schema_version text,
add column language text,
alter column knowledge_version drop not null;
