"""Where the cells of each address and command are. What stands nowhere here fails the build.

An address that shows documents, or what was made of them, has its cells in `test_matrix.py`. Every other one
names the module that tests who may and who may not; and all of them are asked for by those who may not, in
`test_addresses.py`.
"""

ELSEWHERE: dict[tuple[str, str], str] = {
    ("access", "tests/access/test_people.py"): (
        "sign-in sign-out account password presence people new-person person person-active "
        "person-password collections"
    ),
    ("audit", "tests/audit/test_record_page.py"): ("records verify"),
    ("work", "tests/access/test_work.py"): ("work cancel retry"),
    ("ui", "tests/ui/test_frame.py"): ("components"),
    ("library", "tests/library/test_access.py"): (
        "page-image retry upload saved save saved-rename saved-remove lookup standing-out similar"
    ),
    ("library", "tests/library/test_intakes.py"): ("intakes intake"),
    ("library", "tests/library/test_watching.py"): ("watched watched-stop"),
    ("assistant", "tests/assistant/test_pages.py"): ("start archive again cancel summarize translate"),
    ("glossary", "tests/assistant/test_glossary.py"): ("terms add import export change delete"),
    ("tables", "tests/insight/table_pages/test_table_pages.py"): ("tables table profile ask export"),
    ("anomalies", "tests/insight/anomalies/test_pages.py"): (
        "anomalies learnt switch table examine progress anomaly dispose"
    ),
    ("trends", "tests/insight/trends/test_pages.py"): ("trends chart point"),
    ("entities", "tests/insight/entity_pages/test_access.py"): (
        "entities graph together timeline map merge undo entity split separate reject"
    ),
    ("processing", "tests/insight/processing/test_processing.py"): ("progress steps"),
    ("watch", "tests/insight/watch/test_watch.py"): (
        "watches create from-search changes look-at-all watch change pause remove look"
    ),
    ("reports", "tests/reports/test_pages.py"): (
        "reports rows waiting new designs design report export schedules new-schedule schedule "
        "progress settings step comment settle make-again try-again add edit take-out bring-back"
    ),
    ("feedback", "tests/feedback/pages/test_access.py"): ("labels give withdraw export translation scan"),
    ("projects", "tests/feedback/projects/test_projects.py"): (
        "projects new waiting item decide project setup change items step member queue answer undo "
        "adjudicate review calibration quality agreement"
    ),
    ("datasets", "tests/feedback/datasets/test_pages.py"): (
        "datasets new import build dataset version rows suspects looked look send export"
    ),
    ("evaluation", "tests/evaluation/test_pages.py"): (
        "suites start end-schedule run progress stop resume compare attacks switch-attack "
        "export-attacks import-attacks own own-add own-remove own-suite"
    ),
    ("training", "tests/training/test_pages.py"): (
        "models waiting start rollback job job-progress stop go-on candidate candidate-progress "
        "check evaluate say promote"
    ),
}

COMMANDS = {
    # As one person, whose scope bounds what is shown: --as is required.
    "ask": "as",
    "lookup": "as",
    "report": "as",
    "search": "as",
    "summarize": "as",
    "translate": "as",
    # By the operator of the machine, who holds the database anyway: they show names and counts.
    "anomalies": "operator",
    "calibrate_reader": "operator",
    "calibrate_tagger": "operator",
    "carry_out_move": "operator",
    "create_person": "operator",
    "dataset": "operator",
    "embed_anew": "operator",
    "evaluate": "operator",
    "fit_centring": "operator",
    "glossary": "operator",
    "held": "operator",
    "incident": "operator",
    "ingest": "operator",
    "load_demo": "operator",
    "promote": "operator",
    "rollback": "operator",
    "run_embedding_host": "operator",
    "run_model_host": "operator",
    "train": "operator",
    "unlock": "operator",
    "unlock_person": "operator",
    "verify_audit": "operator",
    "watch": "operator",
}
