-- What the directory is searched by. Words only (no content), each row by its rowid. A word of up to 14 letters is found by its beginning in an index of
-- its own, which is read as far as is asked; without these a common beginning would cost a walk over all that it stands in.
CREATE VIRTUAL TABLE directory_terms_search USING fts5(whole, name, more, content='', contentless_delete=1, detail=column, tokenize="unicode61 remove_diacritics 0 tokenchars '_'", prefix='1 2 3 4 5 6 7 8 9 10 11 12 13 14');
--> statement-breakpoint
CREATE VIRTUAL TABLE directory_clients_search USING fts5(tags, whole, name, more, content='', contentless_delete=1, detail=column, tokenize="unicode61 remove_diacritics 0 tokenchars '_'", prefix='1 2 3 4 5 6 7 8 9 10 11 12 13 14');
--> statement-breakpoint
CREATE VIRTUAL TABLE directory_emails_search USING fts5(whole, name, more, content='', contentless_delete=1, detail=column, tokenize="unicode61 remove_diacritics 0 tokenchars '_'", prefix='1 2 3 4 5 6 7 8 9 10 11 12 13 14');
--> statement-breakpoint
CREATE VIRTUAL TABLE directory_phones_search USING fts5(whole, name, more, content='', contentless_delete=1, detail=column, tokenize="unicode61 remove_diacritics 0 tokenchars '_'", prefix='1 2 3 4 5 6 7 8 9 10 11 12 13 14');
--> statement-breakpoint
-- How many clients each tag has.
CREATE VIRTUAL TABLE directory_clients_tags USING fts5vocab(directory_clients_search, row);
