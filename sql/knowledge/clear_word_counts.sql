-- Forget how common words are.
delete from knowledge.word_counts
