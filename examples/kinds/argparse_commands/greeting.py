"""A greeting, from what was typed."""

import argparse


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--language", choices=["en", "fr", "de"], default="en")
    options = parser.parse_args()
    if options.language == "fr":
        print(f"Bonjour {options.name}")
    elif options.language == "de":
        print(f"Guten Tag {options.name}")
    else:
        print(f"Hello {options.name}")
