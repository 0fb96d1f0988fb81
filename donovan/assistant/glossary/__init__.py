"""How terms and names are to stand in translations: a glossary for each collection, obeyed and on record.

An entry carries a label like a document. It is used in translations of documents of its collection, for those
who may read it, and a translation that used it carries its label too.
"""
