"""Makes a till's capitals and abbreviations readable: 'FRZN BRD STICK/PORTON' -> 'Frozen bread stick/portion'.

The table holds the commonest abbreviations of The Complete Journey, by purchases of the products that carry them: FRZN
128,000, PCKGD 69,000, DRNK 43,000, SFT and BTL 32,000, FD 28,000, REFRGRATD 28,000, SS 27,000, DRNKS 17,000, DNRS
17,000, and so on down to about 500. Titles are read by people and by a text encoder that has seen words, not
abbreviations.
"""

import re

import polars as pl

ABBREVIATIONS = {
    "BEERALEMALT": "beer, ale and malt", "BEV": "beverage", "BG": "bag", "BKD": "baked", "BN": "bean",
    "BNLS": "boneless", "BRD": "bread", "BRKFST": "breakfast", "BTL": "bottle", "BTR": "butter",
    "CARB": "carbonated", "CATFD": "cat food", "CATSUP": "ketchup", "CHICK": "chicken", "CHIX": "chicken",
    "CHOC": "chocolate", "CHOCOCLATE": "chocolate", "CKE": "cake", "CKYS": "cookies", "CND": "canned",
    "CNDY": "candy", "CNTNR": "container", "CNTRL": "control", "CONC": "concentrate", "CONTAINR": "container",
    "COOKNG": "cooking", "CRBNTD": "carbonated", "CRKR": "crackers", "CRMD": "creamed", "CRYSTL": "crystal",
    "DAN": "danish", "DECAF": "decaffeinated", "DECOR": "decoration", "DNR": "dinner", "DNRS": "dinners",
    "DOGFD": "dog food", "DPS": "dips", "DRNK": "drink", "DRNKING": "drinking", "DRNKNG": "drinking",
    "DRNKS": "drinks", "DRP": "drops", "DRSNG": "dressing", "DSH": "dishes", "EX": "except", "EXCP": "except",
    "FD": "food", "FDS": "foods", "FEM.": "feminine", "FLAV": "flavored", "FLVR": "flavored", "FLVRD": "flavored",
    "FRD": "fried", "FRE": "fresh", "FRZ": "frozen", "FRZN": "frozen", "GDS": "goods",
    "GM": "and general merchandise", "GRND": "ground", "HBC": "health and beauty", "HYGN.": "hygiene",
    "INCL": "including", "JCE": "juice", "JUIC": "juice", "LIQS": "liquids", "LOZNG": "lozenges", "MACH": "machine",
    "MFG": "manufacturer", "MISC": "miscellaneous", "MISC.": "miscellaneous", "MIXS": "mixes", "MLK": "milk",
    "MLT": "multi", "MNERAL": "mineral", "MNRL": "mineral", "MULT": "multi", "MX": "mix", "MXS": "mixes",
    "OCCAS": "occasion", "OJ": "orange juice", "PAC": "pack", "PC": "pieces", "PCKGD": "packaged",
    "PICKLD": "pickled", "PK": "pack", "PKG": "package", "PKGD": "packaged", "PKLD": "pickled", "PLSTC": "plastic",
    "PNCH": "punch", "PNT": "peanut", "PORTON": "portion", "PREM": "premium", "PREPORTND": "portioned",
    "PRPCK": "prepacked", "PTTY": "patty", "PWDR": "powder", "PWDRS": "powders", "REFRGRATD": "refrigerated",
    "REFRIG": "refrigerated", "REG": "regular", "RTS": "ready to serve", "RW": "raw", "SALD": "salad",
    "SFT": "soft", "SGL": "single", "SHERBTS": "sherbets", "SNDWCH": "sandwich", "SNGL": "single", "SNKS": "snacks",
    "SPECILATY": "specialty", "SPLY": "supply", "SPRD": "spread", "SRV": "serve", "SS": "single serve",
    "STK": "stick", "SUP": "super", "SUPP": "supplement", "SV": "serve", "SW": "sweet", "SWEETNERS": "sweeteners",
    "SYRP": "syrup", "TISS": "tissue", "TN": "tennessee", "TORT": "tortilla", "TRANS": "transactions",
    "TRSH": "trash", "VAC": "vacuum", "VEG": "vegetable", "VEND": "vending", "WHL": "whole", "WHLSM": "wholesome",
    "WT": "weight", "WTR": "water", "XPCTRNT": "expectorant",
}  # fmt: skip

CAPITALS = {"BBQ", "DVD", "TV", "NFL", "SPF", "UHT", "IQF", "PSE", "DXM", "CD"}
"""Words that stay in capitals."""

CUT_AT = 30
"""The till cuts a type after this many characters, often inside a word or a parenthesis."""

_LEFT_HANGING = {"AND", "EXCEPT", "EX", "EXCP", "FOR", "IN", "INCL", "INCLUDING", "NO", "OR", "WITH", "W", "THE", "OF"}
_WORD = re.compile(r"[A-Za-z][A-Za-z']*\.?")


def readable(texts: pl.Series) -> pl.Series:
    """Return `texts` (String) in sentence case with abbreviations written out; null stays null."""
    written = {text: _readable(text) for text in texts.unique().drop_nulls()}
    return pl.Series(texts.name, [written.get(text) or None for text in texts.to_list()], dtype=pl.String)


def _readable(text: str) -> str:
    whole = _without_torn_end(text)
    whole = re.sub(r"\bW/\s*", "WITH ", whole.upper())
    whole = re.sub(r"\s*&\s*", " AND ", whole)
    whole = re.sub(r"[:\s]*:\s*", ": ", whole)
    whole = re.sub(r"(?<=[A-Z])-(?=[A-Z]{2})|\s+-\s*|\s*-\s+", " - ", whole) if " - " in whole else whole
    whole = re.sub(r"(?<=[A-Z])\(", " (", whole)
    whole = re.sub(r"\.(?=[A-Z])", ". ", whole)
    lowered = _WORD.sub(lambda word: _word(word.group()), whole)
    plain = " ".join(lowered.split()).strip(" -:/,")
    return plain[:1].upper() + plain[1:]


def _word(word: str) -> str:
    if word in CAPITALS:
        return word
    return ABBREVIATIONS.get(word) or ABBREVIATIONS.get(word.rstrip("."), word.lower())


def _without_torn_end(text: str) -> str:
    """Take off what the cut left hanging: an open parenthesis, one or two letters, a word that wants another."""
    if len(text) < CUT_AT:
        return text
    opened = text.rfind("(")
    kept = text[:opened] if opened > text.rfind(")") else re.sub(r"[\s/&:-]+[A-Z]{1,2}$", "", text)
    words = kept.split()
    while len(words) > 1 and words[-1] in _LEFT_HANGING:
        words.pop()
    return " ".join(words)
