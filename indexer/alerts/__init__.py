"""Alerts: what came or changed for a search, an author or a shelf, told by mail and otherwise.

alert_file   reads alerts.yaml
comparison   finds what is new and changed since the last run
notice       what is told, as data, as text (notice_text) and as HTML (notice_html)
state        what has been told, and what is still to be delivered; one file an alert
mail, webhook, delivery   bring a notice to its targets
run          puts them together: note first, deliver then, so that nothing is lost
"""

from indexer.alerts.alert import Alert, AlertPages, AlertsFile, Target, WatchedPage
from indexer.alerts.alert_file import read_alerts
from indexer.alerts.delivery import Delivery
from indexer.alerts.mail import MailSettings, mail_settings
from indexer.alerts.run import AlertReport, preview_alerts, run_alerts
from indexer.alerts.state import StateFolder

__all__ = [
    "Alert",
    "AlertPages",
    "AlertReport",
    "AlertsFile",
    "Delivery",
    "MailSettings",
    "StateFolder",
    "Target",
    "WatchedPage",
    "mail_settings",
    "preview_alerts",
    "read_alerts",
    "run_alerts",
]
