"""The JSON API's shell: manners every resource shares. The resources live in their rooms."""
