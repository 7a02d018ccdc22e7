"""create_app: the table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config import Settings, load_settings

if TYPE_CHECKING:
    from flask import Flask


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application. Raises BadSetting when it must not start."""
    # Inside, so that migrations and workers can import a model without the pages.
    from flask import Flask

    from app import (
        behind_proxy,
        bell,
        cli,
        door,
        frame,
        limits,
        logs,
        metrics,
        models,
        own_forms,
        problems,
        sessions,
        web,
    )
    from app.assets.beside import faults_come_from
    from app.assets.stocktaking_actions import labels_are_read_by
    from app.catalogue.queries import incidents_come_from
    from app.files.scanner import use_scanner
    from app.files.store import use_store
    from app.history.actions import tells_people_of
    from app.incidents.decisions import decisions_come_from
    from app.incidents.endings import calls_off_visits
    from app.incidents.in_registers import open_in_rooms, open_with_group
    from app.incidents.of_assets import of_asset, open_by_asset
    from app.incidents.of_service import count as count_by_service
    from app.labels.queries import tag_by_token
    from app.locations import inside
    from app.locations.actions import add_presets
    from app.notifications.post import use_post
    from app.notifications.rules import TOLD
    from app.payments.deciding import PAYMENTS
    from app.people.members import before_spocs_change
    from app.progress.deciding import CHANGES
    from app.reachability.counted import cover_is_counted_by
    from app.reachability.queries import forget_desks, spocs
    from app.reachability.spoc_changes import look_after
    from app.reports.issued.deciding import DRAFTS
    from app.reports.la_overview_slow import uncovered_as_kept
    from app.schools.opening import begins_with
    from app.schools.settings_actions import after_settings
    from app.schools.shown import spocs_come_from
    from app.suppliers import queries as suppliers
    from app.visits.agenda import call_off
    from tenants import db
    from tenants.context import use_role_prefix

    assert models.people  # every table is known before the first statement
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    _configure(app, settings)
    use_role_prefix(settings.role_prefix)
    begins_with(add_presets)
    spocs_come_from(spocs)
    calls_off_visits(call_off)
    faults_come_from(open_by_asset, of_asset)
    labels_are_read_by(tag_by_token)
    inside.open_incidents_come_from(open_in_rooms)
    suppliers.open_incidents_come_from(open_with_group)
    before_spocs_change(look_after)
    after_settings(forget_desks)
    tells_people_of(TOLD)
    incidents_come_from(count_by_service)
    cover_is_counted_by(uncovered_as_kept)
    decisions_come_from(PAYMENTS, CHANGES, DRAFTS)
    use_post(settings)
    use_store(settings.files_url)
    use_scanner(settings.virus_scanner)
    db.init_app(app)
    bell.init_app(app, settings.redis_url, settings.role_prefix)
    # In this order: the first to begin is the last to end.
    for part in (logs, metrics, limits):
        part.init_app(app)
    web.init_app(app)
    behind_proxy.init_app(app)
    sessions.init_app(app)
    own_forms.init_app(app)
    door.init_app(app)
    limits.count_people(app)
    frame.init_app(app)
    problems.init_app(app)
    _register_pages(app)
    _register_api(app)
    _register_office(app)
    cli.init_app(app)
    door.check_every_route(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        IS_HTTPS=settings.is_https,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": settings.pool_size,
            "max_overflow": 2,
            "pool_timeout": 5,
            # What somebody typed must not reach a log through an error message.
            "hide_parameters": True,
            "connect_args": {"connect_timeout": 3, "application_name": "deskbell-web"},
        },
        SESSION_COOKIE_NAME="__Host-form" if settings.is_https else "deskbell-form",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=10 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=1000,
        API_TITLE="Deskbell",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )


def _register_pages(app: Flask) -> None:
    from app import health
    from app.announcements.views import pages as announcements
    from app.announcements.views_la import pages as la_announcements
    from app.assets.views import pages as assets
    from app.assets.views_stocktake import pages as stock_takes
    from app.catalogue.views import pages as services
    from app.catalogue.views_critical import pages as critical_dates
    from app.contracts.views_agreements import pages as agreements
    from app.contracts.views_calendar import pages as calendars
    from app.contracts.views_contract_steps import pages as contracts
    from app.contracts.views_offers import pages as offers
    from app.contracts.views_packs import pages as packs
    from app.diary.blueprint import pages as diary
    from app.documents.views import pages as documents
    from app.files.views_papers import shared as papers
    from app.history.views import pages as history
    from app.imports.views import pages as imports
    from app.incidents.views import pages as incidents
    from app.incidents.views_what_if import pages as what_if
    from app.knowledge.views import pages as knowledge
    from app.knowledge.views_la import pages as la_knowledge
    from app.labels.views import pages as labels
    from app.labels.views_scan import pages as label_scans
    from app.licences.views import pages as licences
    from app.locations.views import pages as locations
    from app.notifications.views import pages as notifications
    from app.payments.views import pages as payments
    from app.people.views import pages as people
    from app.people.views_area_teams import pages as area_teams
    from app.people.views_factors import pages as factors
    from app.people.views_invitations import pages as invitations
    from app.people.views_members import pages as members
    from app.people.views_resets import pages as resets
    from app.people.views_set_up import second_factor_pages as second_factor
    from app.people.views_tokens import pages as tokens
    from app.performance.depth.views_depth import pages as figures_in_depth
    from app.performance.views import pages as performance
    from app.problems_log.views import pages as problems_log
    from app.progress.views import pages as changes
    from app.progress.views_implementing import pages as implementations
    from app.reachability.views import pages as reachability
    from app.reachability.views_la import pages as la_reachability
    from app.reports.issued.views_schedules import pages as issued_reports
    from app.reports.views import pages as reports
    from app.reports.views_la_overview import pages as la_overview
    from app.schools.views import pages as schools
    from app.schools.views_factor_resets import pages as factor_resets
    from app.schools.views_settings import pages as desk_settings
    from app.schools.views_work_as import pages as work_as
    from app.suppliers.views import pages as suppliers
    from app.visits.views import pages as visits

    app.register_blueprint(visits)
    app.register_blueprint(performance)
    app.register_blueprint(figures_in_depth)
    app.register_blueprint(reports)
    app.register_blueprint(issued_reports)
    app.register_blueprint(la_overview)
    app.register_blueprint(diary)
    app.register_blueprint(papers)
    app.register_blueprint(contracts)
    app.register_blueprint(offers)
    for pages in (reachability, la_reachability, desk_settings):
        app.register_blueprint(pages)
    for pages in (second_factor, factors, factor_resets, work_as):
        app.register_blueprint(pages)
    for pages in (area_teams, invitations, members, resets, tokens):
        app.register_blueprint(pages)
    for pages in (health.pages, people, history, schools, locations, incidents, notifications):
        app.register_blueprint(pages)
    app.register_blueprint(suppliers)
    for pages in (licences, payments):
        app.register_blueprint(pages)

    app.register_blueprint(assets)
    for pages in (packs, agreements, calendars, what_if):
        app.register_blueprint(pages)
    for pages in (services, critical_dates, documents, changes, implementations):
        app.register_blueprint(pages)
    for pages in (announcements, la_announcements, knowledge, la_knowledge, problems_log):
        app.register_blueprint(pages)
    for pages in (stock_takes, labels, label_scans):
        app.register_blueprint(pages)
    app.register_blueprint(imports)


def _register_office(app: Flask) -> None:
    # Flask-Admin and WTForms are imported by this only.
    from app.admin import office

    office.init_app(app)


def _register_api(app: Flask) -> None:
    from app.announcements.api import announcements, la_announcements
    from app.api import docs
    from app.api.body import QuietApi
    from app.assets.api import asset_files, assets, loans
    from app.assets.api_stocktake import stock_takes_api
    from app.assets.fields_api import asset_fields
    from app.catalogue.api import services
    from app.catalogue.critical_api import critical
    from app.contracts.api import agreements, packs
    from app.contracts.calendar_api import calendar, la_calendar
    from app.contracts.contract_api import contract_files, contracts
    from app.contracts.offers_api import offers, offers_here
    from app.diary.api import diary
    from app.documents.api import documents
    from app.imports.api import imports

    # More of the resources of `incidents`.
    from app.incidents import consultations_api, deadlines_of_api, work_api  # noqa: F401
    from app.incidents.advisors_api import advisors_api
    from app.incidents.api import incidents
    from app.incidents.beside_api import advice_requests
    from app.incidents.blank_sheets_api import blank_sheets
    from app.incidents.checklists_api import checklists_api
    from app.incidents.deadlines_api import deadlines
    from app.incidents.files_api import attachments_api
    from app.incidents.queue_api import queue
    from app.incidents.what_if_api import previews
    from app.knowledge.api import articles
    from app.knowledge.api_la import la_articles
    from app.labels.api import labels_api
    from app.licences.api import licence_files, licences
    from app.locations.api import locations
    from app.payments.api import payments
    from app.performance.api import figures, figures_of_school
    from app.performance.depth.api import in_depth, in_depth_of_school
    from app.problems_log.api import problem_links, problems
    from app.progress.api import changes, implementations, progress
    from app.reachability.api import reachability
    from app.reports.api import overviews
    from app.reports.issued.api import reports_api
    from app.reports.la_overview_api import overview_of_la
    from app.schools.api import schools
    from app.schools.settings_api import settings
    from app.suppliers.api import suppliers
    from app.visits.api import day_plan, visits

    api = QuietApi(app)
    for resources in (schools, locations, incidents, attachments_api, queue, deadlines):
        api.register_blueprint(resources)
    api.register_blueprint(suppliers)
    for resources in (licences, licence_files, payments):
        api.register_blueprint(resources)
    api.register_blueprint(checklists_api)
    for resources in (advice_requests, blank_sheets):
        api.register_blueprint(resources)
    for resources in (packs, agreements, calendar, la_calendar, previews):
        api.register_blueprint(resources)
    for resources in (contracts, contract_files, offers, offers_here):
        api.register_blueprint(resources)
    for resources in (assets, asset_files, loans, asset_fields):
        api.register_blueprint(resources)
    for resources in (reachability, settings):
        api.register_blueprint(resources)
    for resources in (services, critical, documents, changes, implementations, progress):
        api.register_blueprint(resources)
    for resources in (problems, problem_links):
        api.register_blueprint(resources)
    for resources in (articles, la_articles, announcements, la_announcements):
        api.register_blueprint(resources)
    for resources in (visits, day_plan, advisors_api):
        api.register_blueprint(resources)
    for resources in (stock_takes_api, labels_api):
        api.register_blueprint(resources)
    for resources in (overviews, overview_of_la, figures, figures_of_school):
        api.register_blueprint(resources)
    for resources in (in_depth, in_depth_of_school):
        api.register_blueprint(resources)
    api.register_blueprint(reports_api)
    api.register_blueprint(diary)
    api.register_blueprint(imports)
    docs.init_app(app, api)
