-- The users that came.
SELECT user_id, login_id, is_admin, kyc_passed_at, deleted_at, source_created_at
FROM staged
