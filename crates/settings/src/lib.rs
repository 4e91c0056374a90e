//! What an operator may choose: one TOML file, and the same as flags and environment variables.
