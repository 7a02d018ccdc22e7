"""The back office: what the LA's administrator looks after, drawn with Flask-Admin and fenced."""
