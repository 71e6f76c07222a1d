"""Tests; the package lets them share builders."""
