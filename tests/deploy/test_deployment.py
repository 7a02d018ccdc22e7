"""What can be told of deploy/ without a container engine: each file by the tool that reads it, and
all of them against the one list of processes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import MAY_BE_IN_FILES, BadSetting, load_settings
from deploy import container_secrets, proxy
from deploy.places import ROOT
from deploy.processes import BEHIND_THE_PAGES, WEB
from tests.deploy.behind_nginx import NGINX, a_certificate, free_port, nginx

DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
PROCESSES = (WEB, *BEHIND_THE_PAGES)
SYSTEMD = shutil.which("systemd-analyze")
ENOUGH = {"SECRET_KEY": "k" * 40, "DATABASE_URL": "postgresql://a:b@c/deskbell"}


# --- the image ---


@pytest.fixture(scope="module")
def image() -> list[str]:
    text = (DEPLOY / "Containerfile").read_text()
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_package_of_the_image_has_a_hash(image: list[str]) -> None:
    installs = [line for line in image if "pip install" in line]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[0]
    assert any("npm ci --ignore-scripts" in line for line in image)
    assert not any("apt-get" in line or "curl " in line or "ADD " in line for line in image)


def test_its_bases_have_a_version(image: list[str]) -> None:
    bases = [line.split()[1] for line in image if line.startswith("FROM ")]
    assert all(re.search(r":\d", base) for base in bases), bases


def test_it_runs_as_nobody_in_particular(image: list[str]) -> None:
    users = [line for line in image if line.startswith("USER ")]
    assert users == ["USER 10001:10001"]
    assert image.index(users[0]) > max(i for i, line in enumerate(image) if "RUN " in line)


def test_no_secret_is_in_it(image: list[str]) -> None:
    said = "\n".join(line for line in image if line.startswith(("ENV", "ARG", "RUN", "LABEL")))
    assert not re.search(r"(SECRET|PASSWORD|TOKEN)", said)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert "deploy/secrets" in ignored
    assert not any(line.startswith(("!.env", "!.local", "!deploy/secrets")) for line in ignored)


def test_it_has_what_it_copies_and_tells_its_health(image: list[str]) -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if "!" in line
    }
    for line in image:
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert source in allowed, source
    assert any(line.startswith("HEALTHCHECK") and "/healthz" in line for line in image)


def test_it_starts_what_the_list_of_processes_says(image: list[str]) -> None:
    command = next(line for line in image if line.startswith("CMD "))
    assert yaml.safe_load(command[4:]) == [".venv/bin/python", *WEB.arguments]


# --- containers ---


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_the_containers_run_the_same_processes(compose: dict[str, Any]) -> None:
    for process in PROCESSES:
        service = compose["services"][process.name]
        assert service["command"] == [".venv/bin/python", *process.arguments]
        assert service["restart"] == "always"


def test_only_the_proxy_can_be_reached(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert set(services["postgres"]["networks"]) == {"back"}
    assert set(services["valkey"]["networks"]) == {"back"}
    assert compose["networks"]["back"]["internal"]
    assert compose["networks"]["front"]["internal"]


def test_the_pages_believe_the_proxy_and_nobody_else(compose: dict[str, Any]) -> None:
    services = compose["services"]
    address = services["proxy"]["networks"]["front"]["ipv4_address"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == address


def test_where_one_address_is_fixed_all_are(compose: dict[str, Any]) -> None:
    """Whoever starts first is given the lowest free address, which is then taken: the pages would
    have the proxy's, be believed as the proxy, and keep it from starting."""
    members: dict[str, dict[str, str | None]] = {}
    for service, one in compose["services"].items():
        networks = one["networks"]
        for network in networks:
            options = networks[network] if isinstance(networks, dict) else None
            members.setdefault(network, {})[service] = (options or {}).get("ipv4_address")
    fixed = {name: found for name, found in members.items() if any(found.values())}
    assert set(fixed) == {"front"}
    for network, found in fixed.items():
        assert all(found.values()), found
        assert len(set(found.values())) == len(found)
        subnet = ip_network(compose["networks"][network]["ipam"]["config"][0]["subnet"])
        # The engine takes the first for itself.
        assert {ip_address(one or "") for one in found.values()} <= set(list(subnet.hosts())[1:])


def test_every_container_is_kept_small(compose: dict[str, Any]) -> None:
    for name, one in compose["services"].items():
        assert one["mem_limit"], name
        assert one["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in one["security_opt"], name
        assert one.get("read_only") or name == "postgres", name
        assert re.search(r":\d", one["image"]) or one["image"].startswith("deskbell:"), name


def test_secrets_are_files_and_only_the_upgrade_has_those_of_the_upgrade(
    compose: dict[str, Any],
) -> None:
    for name, one in compose["services"].items():
        environment = one.get("environment", {})
        for setting, value in environment.items():
            if setting.endswith("_FILE"):
                secret = value.removeprefix("/run/secrets/")
                assert secret in one["secrets"], f"{name} {setting}"
                assert secret in compose["secrets"]
            else:
                assert not re.search(r"(SECRET|PASSWORD|TOKEN|_URL$)", setting) or setting in (
                    "PUBLIC_URL",
                    "FILES_URL",
                ), f"{name} {setting}"
        if name != "upgrade":
            assert not {"database_admin_url", "database_migrator_url"} & set(one.get("secrets", []))


def test_the_pages_wait_for_the_upgrade(compose: dict[str, Any]) -> None:
    for process in PROCESSES:
        waits = compose["services"][process.name]["depends_on"]
        assert waits["upgrade"]["condition"] == "service_completed_successfully"


def test_the_secrets_fit_together(tmp_path: Path, compose: dict[str, Any]) -> None:
    folder = tmp_path / "secrets"
    missing = container_secrets.make("desk.example.org", folder)
    assert set(missing) == {"mail_url", "certificate", "certificate_key"}
    assert folder.stat().st_mode & 0o777 == 0o700
    wanted = {Path(one["file"]).name for one in compose["secrets"].values()}
    assert wanted - {path.name for path in folder.iterdir()} == set(missing)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    container_secrets.make("desk.example.org", folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    (folder / "mail_url").write_text("smtp://mail.example.org")
    settings = load_settings(_as_in(folder, compose, "upgrade"))
    assert settings.role_prefix == "deskbell"
    assert settings.is_production
    assert settings.redis_url
    assert before["valkey_password"] in settings.redis_url
    assert before["postgres_password"] in (settings.admin_url or "")


def test_what_was_set_by_hand_stays(tmp_path: Path) -> None:
    folder, env = tmp_path / "secrets", tmp_path / ".env"
    container_secrets.make("old.example.org", folder)
    assert env.read_text() == "DESKBELL_HOST=old.example.org\n"
    env.write_text("# ours\nWEB_WORKERS=4\nDESKBELL_HOST=old.example.org\nMAIL_FROM=x@example.org")
    for _ in range(2):
        container_secrets.make("new.example.org", folder)
        lines = env.read_text().splitlines()
        assert sorted(lines) == sorted(
            ["# ours", "WEB_WORKERS=4", "DESKBELL_HOST=new.example.org", "MAIL_FROM=x@example.org"]
        )


def _as_in(folder: Path, compose: dict[str, Any], service: str) -> dict[str, str]:
    """The environment of a container, with the secrets where they lie here."""
    found = {}
    for name, value in compose["services"][service]["environment"].items():
        text = str(value).replace("/run/secrets", str(folder))
        found[name] = re.sub(r"\$\{DESKBELL_HOST[^}]*\}", "desk.example.org", text)
    return found


# --- secrets in files, and whom to believe ---


@pytest.mark.parametrize("name", sorted(MAY_BE_IN_FILES))
def test_a_secret_may_stand_in_a_file(name: str, tmp_path: Path) -> None:
    value = "postgresql://x:y@z/deskbell" if "DATABASE" in name else "s" * 40
    (tmp_path / "secret").write_text(f"{value}\n")
    given = {k: v for k, v in ENOUGH.items() if k != name}
    with_file = load_settings({**given, f"{name}_FILE": str(tmp_path / "secret")})
    assert with_file == load_settings({**given, name: value})


def test_a_secret_whose_file_is_gone_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"^SECRET_KEY_FILE cannot be read: No such file"):
        load_settings({**ENOUGH, "SECRET_KEY_FILE": str(tmp_path / "gone")})


@pytest.mark.parametrize(
    ("more", "trusted"),
    [
        ({}, ()),
        ({"PUBLIC_URL": "https://desk.example"}, ("127.0.0.1", "::1")),
        ({"PUBLIC_URL": "https://desk.example", "TRUSTED_PROXIES": ""}, ()),
        ({"TRUSTED_PROXIES": "10.0.0.1, 10.1.0.0/16"}, ("10.0.0.1", "10.1.0.0/16")),
    ],
)
def test_who_is_believed_about_who_asks(more: dict[str, str], trusted: tuple[str, ...]) -> None:
    assert load_settings({**ENOUGH, **more}).trusted_proxies == trusted


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(BadSetting, match="TRUSTED_PROXIES must be addresses"):
        load_settings({**ENOUGH, "TRUSTED_PROXIES": "proxy"})


def test_every_setting_is_written_down() -> None:
    told = (ROOT / "docs" / "running.md").read_text()
    sources = [(ROOT / name).read_text() for name in ("config.py", "deploy/gunicorn.conf.py")]
    read = r"""(?:get|url|_number|_one_of)\((?:values, )?["']([A-Z][A-Z0-9_]+)["']"""
    names = {name for source in sources for name in re.findall(read, source)}
    assert len(names) > 25
    assert {name for name in names if f"`{name}`" not in told} == set()
    for name in MAY_BE_IN_FILES:
        assert f"`{name}` †" in told, name


# --- systemd ---


def units() -> list[Path]:
    return sorted([*UNITS.glob("*.service"), *UNITS.glob("*.socket"), *UNITS.glob("*.target")])


def read_unit(path: Path) -> dict[str, list[str]]:
    """Every key with its values; systemd allows a key more than once."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_the_units_run_the_same_processes(process: Any) -> None:
    unit = read_unit(UNITS / f"deskbell-{process.name}.service")
    assert unit["ExecStart"] == [f"/opt/deskbell/.venv/bin/python {' '.join(process.arguments)}"]
    assert unit["Restart"] == ["always"]
    assert unit["StartLimitIntervalSec"] == ["0"]


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.service")), ids=lambda one: one.stem)
def test_a_unit_may_do_no_more_than_it_must(path: Path) -> None:
    unit = read_unit(path)
    # fmt: off
    expected = {
        "User": ["deskbell"], "NoNewPrivileges": ["yes"], "ProtectSystem": ["strict"],
        "ProtectHome": ["yes"], "PrivateTmp": ["yes"], "StateDirectory": ["deskbell"],
        "CapabilityBoundingSet": [""], "UMask": ["0077"], "PrivateDevices": ["yes"],
    }
    # fmt: on
    assert {key: unit.get(key) for key in expected} == expected
    is_upgrade = path.stem == "deskbell-upgrade"
    assert ("/etc/deskbell/upgrade.env" in unit["EnvironmentFile"]) == is_upgrade
    assert not any("URL" in one or "SECRET" in one for one in unit["Environment"])


@pytest.fixture
def verified(tmp_path: Path) -> Path:
    """The units as they would stand on a machine where the program is here."""
    if SYSTEMD is None:
        pytest.skip("NOT RUN: no systemd-analyze on this machine")
    for path in units():
        text = path.read_text().replace("/opt/deskbell/.venv/bin/python", sys.executable)
        text = text.replace("/opt/deskbell", str(ROOT)).replace("deskbell.env", "x.env")
        (tmp_path / path.name).write_text(text)
    return tmp_path


def test_systemd_reads_them(verified: Path) -> None:
    done = subprocess.run(
        [str(SYSTEMD), "verify", "--man=no", *sorted(map(str, verified.iterdir()))],
        capture_output=True,
        text=True,
        env={"SYSTEMD_UNIT_PATH": f"{verified}:", "PATH": "/usr/bin:/bin"},
    )
    ours = [line for line in done.stderr.splitlines() if "deskbell" in line]
    assert ours == []


def test_systemd_would_notice_a_wrong_word(verified: Path) -> None:
    wrong = verified / "deskbell-wrong.service"
    wrong.write_text((verified / "deskbell-web.service").read_text() + "\n[Service]\nRestrat=no\n")
    done = subprocess.run(
        [str(SYSTEMD), "verify", "--man=no", str(wrong)], capture_output=True, text=True
    )
    assert "Restrat" in done.stderr


def test_systemd_calls_them_safe(verified: Path) -> None:
    """Its own measure from 0 (closed) to 10 (open); a unit with none of this has 9.6."""
    for path in sorted(verified.glob("*.service")):
        done = subprocess.run(
            [str(SYSTEMD), "security", "--offline=true", "--no-pager", "--threshold=20", str(path)],
            capture_output=True,
            text=True,
        )
        told = re.search(r"exposure level.*: ([\d.]+)", done.stdout)
        assert told, done.stdout + done.stderr
        assert float(told[1]) <= 2.0, f"{path.name}: {told[1]}"


# --- the proxy ---


def test_every_place_of_the_proxys_template_is_filled(compose: dict[str, Any]) -> None:
    needed = proxy.names()
    assert needed <= set(proxy.USUAL) | {"DESKBELL_HOST"}
    assert needed <= set(compose["services"]["proxy"]["environment"])


@pytest.fixture
def here(tmp_path: Path) -> dict[str, str]:
    """What nginx would find elsewhere on its own machine."""
    if NGINX is None:
        pytest.skip("NOT RUN: no nginx on this machine (Debian: apt install nginx-light)")
    certificate, key = a_certificate(tmp_path, "desk.example.org")
    return {
        "DESKBELL_HTTP_PORT": f"127.0.0.1:{free_port()}",
        "DESKBELL_HTTPS_PORT": f"127.0.0.1:{free_port()}",
        "DESKBELL_PROXY_FOLDER": str(tmp_path / "cache"),
        "DESKBELL_PROXY_PID": str(tmp_path / "run" / "nginx.pid"),
        "DESKBELL_CERTIFICATE": str(certificate),
        "DESKBELL_CERTIFICATE_KEY": str(key),
    }


def is_read(tmp_path: Path, text: str) -> tuple[int, str]:
    (tmp_path / "nginx.conf").write_text(text)
    done = subprocess.run(
        [str(NGINX), "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True
    )
    return done.returncode, done.stderr


def test_nginx_reads_its_configuration(tmp_path: Path, here: dict[str, str]) -> None:
    for name in ("cache", "run"):
        (tmp_path / name).mkdir()
    text = proxy.render({**proxy.USUAL, "DESKBELL_HOST": "desk.example.org", **here})
    code, said = is_read(tmp_path, text)
    assert code == 0, said
    assert "[warn]" not in said


def test_nginx_of_debian_starts_as_the_page_about_running_says(
    tmp_path: Path, here: dict[str, str]
) -> None:
    text = proxy.for_this_machine("desk.example.org", {"PATH": "/bin", **here})
    assert text.startswith("user www-data;\n")
    (tmp_path / "run").mkdir()
    code, said = is_read(tmp_path, text)
    # The folder is not made by anybody else, so the page has to say it.
    assert code != 0, said
    steps = (ROOT / "docs" / "running.md").read_text()
    step = f"install -d {proxy.USUAL['DESKBELL_PROXY_FOLDER']}\n"
    assert 0 < steps.find(step) < steps.find("nginx -t\n")
    (tmp_path / "cache").mkdir()
    code, said = is_read(tmp_path, text)
    assert code == 0, said


def test_its_pid_is_where_the_unit_of_debian_looks_for_it() -> None:
    text = proxy.for_this_machine("desk.example.org", {})
    assert "\npid /run/nginx.pid;\n" in text
    unit = Path("/lib/systemd/system/nginx.service")
    if unit.exists():
        assert read_unit(unit)["PIDFile"] == ["/run/nginx.pid"]


# Enough of busybox's nc for one question; the container has the real one.
NC = """#!{python}
import socket, sys
assert sys.argv[1:] == ["-w", "3", "127.0.0.1", "{port}"], sys.argv
caller = socket.create_connection((sys.argv[3], int(sys.argv[4])), timeout=3)
caller.sendall(sys.stdin.buffer.read())
while part := caller.recv(65536):
    sys.stdout.buffer.write(part)
"""


def test_the_proxy_is_asked_whether_it_answers(tmp_path: Path, compose: dict[str, Any]) -> None:
    if NGINX is None:
        pytest.skip("NOT RUN: no nginx on this machine (Debian: apt install nginx-light)")
    kind, line = compose["services"]["proxy"]["healthcheck"]["test"]
    port = compose["services"]["proxy"]["environment"]["DESKBELL_HTTP_PORT"]
    assert kind == "CMD-SHELL"
    assert f"127.0.0.1 {port} " in line
    with nginx(tmp_path, free_port()) as made:
        (tmp_path / "nc").write_text(NC.format(python=sys.executable, port=made.http))
        (tmp_path / "nc").chmod(0o755)
        command = line.replace(f"127.0.0.1 {port} ", f"127.0.0.1 {made.http} ")

        def is_healthy() -> bool:
            path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
            done = subprocess.run(["sh", "-c", command], env=path, capture_output=True)
            return done.returncode == 0

        assert is_healthy()
    assert not is_healthy()


def test_the_proxy_tells_nobody_who_looked_at_what() -> None:
    text = proxy.TEMPLATE.read_text()
    assert "access_log off;" in text
    assert "error_log stderr crit;" in text
