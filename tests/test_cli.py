"""The command line as a person and a script meet it."""

import asyncio
import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest
import typer

from device import cli, settings_fields
from device.commands import common
from device.commands.common import ConfigOption, DebugOption, SetOption, load_settings
from device.generate_config import ROOT
from voice.config import Config
from voice.errors import ConfigError, MicrophoneError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home, so that no configuration of this machine has a say."""
    for name in ("SAYSO_CONFIG", "XDG_CONFIG_HOME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("device.paths.SYSTEM_CONFIG", tmp_path / "etc.yaml")
    return tmp_path


@pytest.fixture
def sayso(capsys):
    """Run a command line here; return exit code, standard output, standard error."""

    def run(*arguments):
        code = cli.main(arguments)
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


@pytest.fixture
def command(monkeypatch):
    """Mount a function or Typer as the sub-command ``run``."""

    def mount(function=None, app=None):
        module = types.ModuleType("device.commands.run")
        module.__dict__.update({"command": function} if function else {"app": app})
        module.__spec__ = types.SimpleNamespace(name=module.__name__)  # that it can be found
        monkeypatch.setitem(sys.modules, "device.commands.run", module)

    return mount


def process(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "device.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def all_commands():
    """Every command line of the real program: the words, and the command."""
    found = [((), typer.main.get_command(cli.app))]
    for name in found[0][1].commands:
        queue = [((name,), cli.load_command(name))]
        while queue:
            words, one = queue.pop()
            found.append((words, one))
            inner = getattr(one, "commands", {})
            queue += [((*words, name), below) for name, below in inner.items()]
    return found


COMMANDS = all_commands()
IDS = [" ".join(words) or "sayso" for words, _ in COMMANDS]


@pytest.mark.parametrize(("words", "_command"), COMMANDS, ids=IDS)
def test_help_says_what_a_command_does_and_has_an_example(sayso, words, _command):
    code, out, err = sayso(*words, "--help")
    assert (code, err) == (0, "")
    usage, sentence = re.sub(r"\n(?=\S)", " ", out).split("\n\n")[:2]
    assert usage.startswith(f"Usage: {' '.join(['sayso', *words])}")
    assert len(sentence.strip()) > 15
    example = out.partition("Example")[2]
    assert f"sayso {' '.join(words)}".strip() in example


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=IDS)
def test_every_command_takes_the_common_options(words, command):
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"--config", "--set", "--debug"} <= options


def test_a_demo_that_nothing_could_wake_is_one_line(sayso):
    code, out, err = sayso("demo", "--set", "wake.words=[]")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "wake.words" in err


def test_the_examples_keep_their_lines(sayso):
    _, out, _ = sayso("config", "set", "--help")
    assert "\n    sayso config set snd.volume_percent 50\n" in out


def test_without_arguments_the_help_is_shown(sayso):
    assert sayso() == sayso("--help")


def test_the_version_is_shown(sayso):
    code, out, _ = sayso("--version")
    assert code == 0
    assert re.fullmatch(r"sayso (\d+\.\d+\.\d+|\(not installed\))\n", out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bogus"], "no such option: --bogus; see `sayso --help`"),
        (["config", "show", "--bogus"], "no such option: --bogus; see `sayso config show --help`"),
        (["confg"], "no such command 'confg'. Did you mean 'config'?; see `sayso --help`"),
        (["config"], "missing command; see `sayso config --help`"),
        (
            ["config", "shw"],
            "no such command 'shw'. Did you mean 'show'?; see `sayso config --help`",
        ),
        (["config", "set", "a.b"], "missing argument 'VALUE'; see `sayso config set --help`"),
        (["--set"], "option '--set' requires an argument; see `sayso --help`"),
        (
            ["config", "path", "a", "b"],
            "got unexpected extra argument(s) (a b); see `sayso config path --help`",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(sayso, arguments, message):
    assert sayso(*arguments) == (2, "", f"sayso: {message}\n")


def test_options_count_before_and_after_the_command_s_name(sayso, home, command):
    seen = []

    def run(
        config: ConfigOption = None, overrides: SetOption = None, debug: DebugOption = False
    ) -> None:
        """Run."""
        seen.append((config, overrides, debug, load_settings(config, overrides).config.turn))

    command(run)
    (home / "a.yaml").write_text("turn: {late_ms: 2000}")
    (home / "b.yaml").write_text("turn: {late_ms: 3000}")
    a, b = str(home / "a.yaml"), str(home / "b.yaml")
    sets = ["--set", "turn.max_s=8"], ["--set", "turn.max_s=9"]
    assert sayso("--config", a, *sets[0], "run", *sets[1], "--debug")[0] == 0
    assert sayso("--config", a, "--debug", *sets[1], "run", *sets[0], "--config", b)[0] == 0
    config, overrides, debug, turn = seen[0]
    assert (config, overrides, debug) == (Path(a), ["turn.max_s=8", "turn.max_s=9"], True)
    assert (turn.max_s, turn.late_ms) == (9, 2000)
    config, overrides, debug, turn = seen[1]
    assert (config, overrides, debug) == (Path(b), ["turn.max_s=9", "turn.max_s=8"], True)
    assert (turn.max_s, turn.late_ms) == (8, 3000)


def test_a_command_that_declares_no_common_options_takes_them_all_the_same(sayso, command):
    called = []

    def run() -> None:
        """Run."""
        called.append(True)

    command(run)
    assert sayso("run", "--config", "x", "--set", "a.b=1", "--debug") == (0, "", "")
    assert called


def test_an_app_of_one_command_keeps_it_as_a_sub_command(sayso, command):
    app = typer.Typer(help="Group.")

    @app.command()
    def only() -> None:
        """Do the only thing."""
        typer.echo("done")

    command(app=app)
    assert sayso("run", "only") == (0, "done\n", "")


def test_a_module_that_is_missing_is_not_listed(sayso, monkeypatch):
    monkeypatch.setitem(cli.COMMANDS, "nowhere", "Help of it.")
    assert "nowhere" not in sayso("--help")[1]
    assert sayso("nowhere")[0] == 2


FAULTS = {
    "ours": (
        MicrophoneError("no microphone; plug one in"),
        1,
        "sayso: no microphone; plug one in\n",
    ),
    "the configuration's": (ConfigError("f:1: a"), 78, "sayso: f:1: a\n"),
    "over lines, with terminal signs": (
        ConfigError("a\n  b\x1b[31m"),
        78,
        "sayso: a b?[31m\n",
    ),
    "with a key in it": (
        ConfigError("refused sk-CANARY-123456"),
        78,
        "sayso: refused [hidden]\n",
    ),
    "a bug": (
        ValueError("oops sk-CANARY-123456"),
        1,
        "sayso: internal error: ValueError: oops [hidden] (run with --debug for details)\n",
    ),
    "Ctrl-C": (KeyboardInterrupt(), 130, ""),
    "an exit code": (typer.Exit(3), 3, ""),
    "SystemExit": (SystemExit(4), 4, ""),
    "given up": (typer.Abort(), 1, "sayso: given up\n"),
}


@pytest.mark.parametrize(("fault", "code", "line"), FAULTS.values(), ids=FAULTS)
def test_every_error_is_one_line_and_its_exit_code(sayso, command, fault, code, line):
    def run() -> None:
        """Run."""
        raise fault

    command(run)
    assert sayso("run") == (code, "", line)


@pytest.fixture
def terminated():
    """Told of each SIGTERM that the command line leaves to others; at first nobody was."""
    told = []
    before = signal.signal(signal.SIGTERM, lambda *_: told.append("SIGTERM"))
    yield told
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("interrupt", [signal.default_int_handler, signal.SIG_IGN])
def test_sigterm_ends_a_command_as_ctrl_c_does(sayso, command, terminated, interrupt):
    """Also where a shell has it ignore Ctrl-C, as in the background of a script."""
    undone = []

    def run() -> None:
        """Run."""
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        finally:
            undone.append("the work")

    command(run)
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        assert sayso("run") == (130, "", "")
    finally:
        signal.signal(signal.SIGINT, before)
    assert undone == ["the work"]
    os.kill(os.getpid(), signal.SIGTERM)
    assert terminated == ["SIGTERM"]


def test_sigterm_ends_what_waits_in_an_event_loop(sayso, command, terminated):
    undone = []

    async def wait() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            undone.append("the work")
            raise

    def run() -> None:
        """Run."""
        asyncio.run(wait())

    command(run)
    assert sayso("run") == (130, "", "")
    assert undone == ["the work"]
    assert terminated == []


@pytest.mark.parametrize("fault", [ConfigError("plain"), ValueError("oops")])
def test_only_debug_shows_where_it_came_from_and_no_key(sayso, command, fault):
    def run() -> None:
        """Run."""
        raise fault from RuntimeError("sk-CANARY-123456")

    command(run)
    code, _, err = sayso("--debug", "run")
    assert code == getattr(fault, "exit_code", 1)
    assert "Traceback" in err
    assert "RuntimeError: [hidden]" in err
    assert err.splitlines()[-1].startswith("sayso: ")
    assert "run with --debug" not in err
    assert "CANARY" not in err
    assert "Traceback" not in sayso("run")[2]


def test_an_exit_code_can_be_returned(sayso, command):
    def run() -> int:
        """Run."""
        return 7

    command(run)
    assert sayso("run")[0] == 7


def test_show_prints_yaml_that_reads_back_the_same(sayso, home):
    arguments = [
        "--set",
        "wake.words=[{name: alexa, sensitivity: 0.6}]",
        "--set",
        "turn.barge_in=off",
    ]
    code, out, _ = sayso("config", "show", *arguments)
    assert code == 0
    assert out.startswith("# no file found: the defaults\n# --set wake.words=[{name")
    file = home / "copy.yaml"
    file.write_text(out)
    again = sayso("config", "show", "--config", str(file))[1]
    assert again.startswith(f"# {file}\nmic:\n")
    assert again.partition("mic:")[2] == out.partition("mic:")[2]


def test_show_json_is_the_whole_configuration(sayso):
    _, out, _ = sayso("config", "show", "--json", "--set", "turn.max_s=8")
    shown = Config.model_validate_json(out)
    assert shown.turn.max_s == 8
    assert shown.model_copy(update={"turn": Config().turn}) == Config()


def test_check_lists_everything_and_says_ok(sayso, home):
    file = home / "sayso.yaml"
    file.write_text("turn: {max_s: 99}\nmemory: {}\n")
    code, out, err = sayso("config", "check", str(file))
    assert (code, out) == (78, "")
    assert err == (
        f"{file}:1: turn.max_s must be a number from 2 to 60, found 99\n"
        f"{file}:2: memory is not part of this version; remove it\n"
    )
    file.write_text("turn: {max_s: 9}\n")
    assert sayso("config", "check", str(file)) == (0, f"ok: {file}\n", "")
    assert sayso("config", "check", "--config", str(file)) == (0, f"ok: {file}\n", "")
    assert sayso("config", "check", "--set", "turn.max_s=1")[0] == 78
    assert sayso("config", "check") == (0, "ok: no file found; the defaults hold\n", "")


def test_schema_is_json(sayso):
    assert json.loads(sayso("config", "schema")[1]) == settings_fields.schema()


def test_set_changes_the_file_that_is_read_or_makes_the_user_s(sayso, home, monkeypatch):
    user = home / ".config" / "sayso" / "sayso.yaml"
    code, out, err = sayso("config", "path")
    assert (code, out, err) == (0, f"{user}\n", "not there yet: the defaults hold\n")
    assert sayso("config", "set", "mic.gain_db", "-3") == (0, f"{user}: mic.gain_db = -3\n", "")
    assert sayso("config", "path") == (0, f"{user}\n", "")
    assert "gain_db: -3.0" in sayso("config", "show")[1]
    monkeypatch.setenv("SAYSO_CONFIG", str(home / "named.yaml"))
    assert sayso("config", "set", "mic.gain_db", "6")[0] == 0
    assert (home / "named.yaml").read_text().endswith("mic:\n  gain_db: 6\n")
    assert sayso("config", "set", "mic.gain_db", "600") == (
        78,
        "",
        f"sayso: {home / 'named.yaml'}: mic.gain_db must be a number from -40 to 40, found 600\n",
    )


def test_the_real_program_reports_the_first_mistake(home):
    file = home / "sayso.yaml"
    file.write_text("model:\n  api_key: sk-CANARY-123456\n  nane: x\n")
    result = process("config", "show", SAYSO_CONFIG=str(file))
    assert (result.returncode, result.stdout) == (78, "")
    assert result.stderr.startswith(f"sayso: {file}:2: model.api_key: a secret does not belong")
    assert result.stderr.endswith("(and 1 more; `sayso config check` lists all)\n")
    assert result.stderr.count("\n") == 1
    assert "CANARY" not in result.stderr


def test_the_real_program_keeps_quiet_when_its_reader_goes_away():
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [sys.executable, "-m", "device.cli", "config", "schema"],
        cwd=ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (result.returncode, result.stderr) == (1, b"")


def test_the_shell_completes_commands_options_and_keys():
    def completed(*words):
        line = " ".join(["sayso", *words])
        out = process(_SAYSO_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words)))
        return out.stdout.split()

    assert completed("conf") == ["config"]
    assert completed("config", "s") == ["show", "schema", "set"]
    assert completed("config", "show", "--j") == ["--json"]
    assert completed("config", "set", "turn.e") == ["turn.early_ms"]
    assert completed("config", "show", "--set", "turn.e") == ["turn.early_ms="]


def test_help_imports_nothing_heavy():
    heavy = {
        "numpy",
        "pydantic",
        "ruamel",
        "rich",
        "openai",
        "onnxruntime",
        "ctranslate2",
        "asyncio",
    }
    code = (
        "import sys; from device.cli import main; main(['--help']);"
        f"print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stderr == "[]\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colour_is_for_terminals_that_want_it():
    assert common.use_colour(Terminal(), {})
    assert common.use_colour(Terminal(), {"NO_COLOR": ""})
    assert not common.use_colour(Terminal(), {"NO_COLOR": "1"})
    assert not common.use_colour(Terminal(), {"TERM": "dumb"})
    assert not common.use_colour(io.StringIO(), {})
    assert common.paint("x", "red", io.StringIO()) == "x"


@pytest.fixture
def log(capsys):
    """What the log says after `setup_logging`; the loggers are put back."""
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in ("voice", "device")]
    before = [*root.handlers], root.level, [logger.level for logger in ours]
    yield lambda: capsys.readouterr().err
    root.handlers[:], level, levels = before
    root.setLevel(level)
    for logger, old in zip(ours, levels, strict=True):
        logger.setLevel(old)


def test_debug_is_for_our_own_modules_and_no_key_reaches_the_log(log):
    common.setup_logging(debug=True)
    common.setup_logging(debug=True)
    logging.getLogger("voice.turn").debug("turn %d", 3)
    logging.getLogger("openai").debug("request options: hello")
    logging.getLogger("openai").warning("refused Bearer sk-CANARY-123456")
    try:
        raise ValueError("sk-CANARY-123456")
    except ValueError:
        logging.getLogger("device").exception("failed")
    text = log()
    lines = text.splitlines()
    assert lines[0].endswith("DEBUG voice.turn: turn 3")
    assert lines[1].endswith("WARNING openai: refused [hidden]")
    assert lines[-1] == "ValueError: [hidden]"
    assert "hello" not in text
    assert "CANARY" not in text


def test_without_debug_the_level_is_the_command_s(log):
    common.setup_logging(debug=False)
    logging.getLogger("voice").info("one")
    common.setup_logging(debug=False, level=logging.INFO)
    logging.getLogger("voice").info("two")
    assert [line.split()[-1] for line in log().splitlines()] == ["two"]


def test_a_setting_is_changed_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("HOME", "SAYSO_STATE", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "sayso.yaml"
    assert cli.main(["config", "set", "tts.speed", "1.2", "--config", str(file)]) == 0
    assert "1.2" in file.read_text()
