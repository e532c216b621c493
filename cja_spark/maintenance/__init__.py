"""Maintenance: files are gathered, what is old goes, what nobody refers to is removed (publishing.md D11-D13)."""
