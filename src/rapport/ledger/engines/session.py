"""One Spark for the whole process: where it is looked for, and how it is started.

A process can hold one JVM, so the first store that asks for Spark starts it and later ones share
it. Alone it runs inside this machine and listens on the loopback only; RAPPORT_SPARK names a
cluster, whose workers must see the lake's folder under the same path.
"""

import logging
import os
import re
import shutil
import socket
import threading
import warnings
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkRuntimeError
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.bench import cores, memory_limit

MASTER = "RAPPORT_SPARK"
_LOOPBACK = "127.0.0.1"
_ANSWER_SECONDS = 5.0
# Rows to sort are cut into so many parts for each core: a part must fit in a core's memory.
_PARTS_A_CORE = 4
_MB = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}
# What Java says whenever it starts.
_IDLE_WORDS = ("WARNING: Using incubator", "Picked up JAVA_TOOL_OPTIONS")
_starting = threading.Lock()
_running: list[SparkSession] = []


def session(spill_folder: Path) -> SparkSession:
    """A session of its own (relations, settings) on the Spark of this process.

    Args:
        spill_folder: where the first of them may put what does not fit in memory, and its log.

    Raises:
        InputError: Java is missing, or RAPPORT_SPARK names no master; says what to do.
        StoreError: the master does not answer, or Spark cannot start.
    """
    with _starting:
        if not _running:
            _running.append(_started(spill_folder))
    return _running[0].newSession()


def _started(spill_folder: Path) -> SparkSession:
    _check_java()
    master = os.environ.get(MASTER) or f"local[{cores()}]"
    _check_master(master)
    spill_folder.mkdir(parents=True, exist_ok=True)
    log = spill_folder / "spark.log"
    # py4j says on the log what it raises as well; pandas is never handed to Spark.
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        with log.open("wb") as told:
            configuration = _configuration(master, spill_folder)
            gateway = launch_gateway(  # type: ignore[no-untyped-call]
                configuration, {"stderr": told, "stdout": told}
            )
            context = SparkContext(conf=configuration, gateway=gateway)
    except (PySparkRuntimeError, Py4JJavaError) as error:
        raise StoreError(
            f"Spark cannot start on {master}",
            got=_first_line(log) or str(error).splitlines()[0],
            expected="Java 17 or newer, and a master of the same Spark version",
        ) from error
    return SparkSession(context)


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").exists())):
        raise InputError(
            "The engine spark needs Java, which is not installed",
            expected="Java 17 or newer on the path or in JAVA_HOME",
            hint="Debian, Ubuntu: apt install default-jre-headless.",
        )


def _check_master(master: str) -> None:
    """Ask whether somebody listens there: Spark itself would try for a minute."""
    found = re.fullmatch(r"spark://(\S+):(\d+)", master)
    if found is None:
        if not master.startswith("local"):
            raise InputError(f"{MASTER} is no master", got=master, expected="spark://host:port")
        return
    try:
        socket.create_connection((found[1], int(found[2])), _ANSWER_SECONDS).close()
    except OSError as error:
        raise StoreError(
            f"No Spark master answers at {master}",
            got=error.strerror or str(error),
            hint=f"Start one, or name another in {MASTER}; without it Spark runs in this machine.",
        ) from None


def _configuration(master: str, spill_folder: Path) -> SparkConf:
    log_settings = Path(__file__).with_name("log4j2.properties")
    settings = {
        "spark.app.name": "rapport",
        "spark.master": master,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(spill_folder),
        "spark.driver.memory": f"{megabytes(memory_limit())}m",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log_settings}",
        "spark.sql.session.timeZone": "UTC",
        # What overflows or cannot be cast is an error and no NULL.
        "spark.sql.ansi.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        # The driver lists the lake's files itself: it is given each by name.
        "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
    }
    if master.startswith("local"):
        settings["spark.sql.shuffle.partitions"] = str(_PARTS_A_CORE * cores())
    if master.startswith("local") or f"//{_LOOPBACK}:" in master:
        os.environ["SPARK_LOCAL_IP"] = _LOOPBACK
        settings["spark.driver.host"] = settings["spark.driver.bindAddress"] = _LOOPBACK
    return SparkConf(loadDefaults=False).setAll(list(settings.items()))


def megabytes(size: str) -> int:
    """A size as DuckDB takes it, in MB.

    >>> megabytes("4GB"), megabytes("512MiB")
    (4096, 512)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT])I?B", size.strip().upper())
    if found is None:
        raise InputError("RAPPORT_MEMORY is not a size", got=size, expected="such as 4GB")
    return max(512, int(float(found[1]) * _MB[found[2]]))


def _first_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return next((line for line in lines if not line.startswith(_IDLE_WORDS)), "")
