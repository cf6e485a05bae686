-- Of one who joined from another organization, an organization knows what it has noted itself: nothing of the account is copied to it.
DROP TRIGGER `memberships_of_account`;
--> statement-breakpoint
DROP TRIGGER `users_of_memberships`;
--> statement-breakpoint
UPDATE `memberships` SET account_phone = NULL, account_position = NULL, account_avatar_id = NULL WHERE is_guest = 1;
--> statement-breakpoint
CREATE TRIGGER `memberships_of_account` AFTER INSERT ON `memberships`
WHEN NEW.is_guest = 0
BEGIN
  UPDATE memberships SET (account_phone, account_position, account_avatar_id) =
    (SELECT coalesce(u.phone, u.contact_phone), u.position, u.avatar_file_id FROM users u WHERE u.id = NEW.user_id) WHERE id = NEW.id;
END;
--> statement-breakpoint
CREATE TRIGGER `users_of_memberships` AFTER UPDATE OF name, email, phone, contact_phone, position, avatar_file_id ON `users`
BEGIN
  UPDATE memberships SET name = NEW.name, email = NEW.email, account_phone = coalesce(NEW.phone, NEW.contact_phone), account_position = NEW.position,
    account_avatar_id = NEW.avatar_file_id WHERE user_id = NEW.id AND is_guest = 0;
END;
