"""Reports as files: DOCX, PDF, HTML, Markdown, JSON, and the data of their tables as CSV.

    content.ReportContent -> printed.Printed (numbered, cleaned, in words) -> docx, html, pdf, markdown
    content.ReportContent -> json, data_csv (complete and untouched)

`forms.write` is the way in. Nothing here knows the database or who reads.
"""
