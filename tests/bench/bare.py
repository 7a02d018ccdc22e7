"""The page to compare with: Flask, SQLAlchemy Core, Jinja; three SELECTs, no sign-in, no wall.

DATABASE_URL=… gunicorn tests.bench.bare:app
"""

import os

from flask import Flask
from sqlalchemy import create_engine, text

from config import sqlalchemy_url

app = Flask(__name__)
engine = create_engine(sqlalchemy_url(os.environ["BENCH_BARE_URL"]), pool_size=6)

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Bare</title></head><body>
<h1>{{ person.name }}</h1><p>{{ count }} incidents</p><table>
<thead><tr><th>Number</th><th>Title</th><th>Status</th><th>Priority</th><th>Due</th></tr></thead><tbody>
{% for row in rows %}<tr><td><a href="/incidents/{{ row.number }}">{{ row.number }}</a></td>
<td>{{ row.title }}</td><td>{{ row.status }}</td><td>P{{ row.priority }}</td>
<td>{{ row.reported_at.strftime("%d %b %Y, %H:%M") }}</td></tr>
{% endfor %}</tbody></table></body></html>"""
TEMPLATE = app.jinja_env.from_string(PAGE)
PERSON = text("SELECT id, name, email FROM people WHERE email = 'tech@la.example'")
COUNT = text("SELECT count(*) FROM incidents WHERE school_id = :school AND is_open")
ROWS = text(
    "SELECT number, title, status, priority, reported_at FROM incidents "
    "WHERE school_id = :school ORDER BY number DESC LIMIT 25"
)


@app.route("/bare/<int:school>")
def bare(school: int) -> str:
    with engine.connect() as connection:
        person = connection.execute(PERSON).one()
        count = connection.scalar(COUNT, {"school": school})
        rows = connection.execute(ROWS, {"school": school}).all()
    return TEMPLATE.render(person=person, count=count, rows=rows)
