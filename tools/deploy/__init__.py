"""What only containers need: credentials, logins, and whether a service is well."""
