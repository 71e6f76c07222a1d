"""Thirty-three ways in which a scanner of this kind goes wrong, each as a case judged right."""
