"""Writes config.example.toml from the declared settings."""

from pathlib import Path

from fediunion.config import example

Path(__file__).parents[1].joinpath("config.example.toml").write_text(example(), encoding="utf-8")
