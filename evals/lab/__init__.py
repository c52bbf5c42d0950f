"""Tools for those who change Dateline: fitting, perturbing claims, generating copies; not in the wheel."""
