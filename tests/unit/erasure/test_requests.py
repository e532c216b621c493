"""Files of identities: what can be read, what is counted, and what is refused without showing an identity."""

import pytest

from cja_spark.erasure.requests import MOST, Request, read_request, require_erasure_id, require_plain
from cja_spark.errors import ConfigurationError


@pytest.fixture
def file(tmp_path):
    def written(content):
        path = tmp_path / "ids.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return written


def test_a_line_is_an_identity_whose_namespace_has_no_case(file):
    request = read_request(file("CRM:c-1\ncrm:C-1\nECID:00:11\n"), {"CRM", "ECID"})
    assert request.identities == (("crm", "c-1"), ("crm", "C-1"), ("ecid", "00:11"))


def test_blank_and_repeated_lines_are_counted(file):
    request = read_request(file("\n  \nCRM:a\r\ncrm:a\n\t\nCRM:b"))
    assert (request.identities, request.blank, request.repeated) == ((("crm", "a"), ("crm", "b")), 3, 1)
    assert request.text() == "2 identities; 3 blank lines, 1 repeated"


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_namespace(file):
    assert read_request(file(b"\xef\xbb\xbfCRM:a\n"), {"CRM"}).identities == (("crm", "a"),)


def test_an_id_keeps_its_spaces_and_whatever_is_no_end_of_a_line(file):
    odd = " a\u2028b\u0085c "
    assert read_request(file(f"CRM:{odd}\n")).identities == (("crm", odd),)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "names nobody"),
        (b"\n \n", "names nobody"),
        (b"CRM:a\nCRM:\xff\xfe", "line 2 is no UTF-8"),
        (b"CRM:a\nCRM:b\x00c", "line 2 has a NUL"),
        ("CRM:a".encode("utf-16"), "UTF-16"),
        (b"CRM:a\nsecret-person", "line 2 has no namespace"),
        (b"1CRM:secret-person", "line 1 has no namespace"),
        (b"CRM:", "line 1 has no id"),
        (b"CRM:   ", "line 1 has no id"),
    ],
)
def test_what_is_no_list_of_identities_is_refused_by_its_line_alone(file, content, said):
    with pytest.raises(ConfigurationError, match=said) as raised:
        read_request(file(content), {"CRM"})
    assert "secret-person" not in str(raised.value)


def test_an_unknown_namespace_is_named_with_the_nearest_one(file):
    with pytest.raises(ConfigurationError, match=r"line 2 has a namespace that no dataset has. Did you mean 'crm'\? Known: crm, ecid\.$") as raised:
        read_request(file("CRM:a\nCMR:secret-person"), {"CRM", "ECID"})
    assert "secret-person" not in str(raised.value)
    assert "CMR" not in str(raised.value)  # it may be an id in the wrong column


def test_a_header_makes_it_csv_with_its_columns_in_any_order(file):
    said = 'id,"Namespace"\r\n"a,b ""c""",CRM\r\n\r\n d ,crm\r\n00:11,ECID\r\n"a,b ""c""",crm\r\n'
    request = read_request(file("\n" + said), {"CRM", "ECID"})
    assert request.identities == (("crm", 'a,b "c"'), ("crm", " d "), ("ecid", "00:11"))
    assert (request.blank, request.repeated) == (3, 1)


def test_an_id_of_csv_may_go_on_over_lines_and_the_next_one_is_still_counted_right(file):
    assert read_request(file('namespace,id\nCRM,"a\nb"\n')).identities == (("crm", "a\nb"),)
    with pytest.raises(ConfigurationError, match="line 4 has no id"):
        read_request(file('namespace,id\nCRM,"a\nb"\nCRM,\n'))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("namespace,id\n", "names nobody"),
        ("namespace,id\nCRM,a\nsecret-person", "line 3 has 1 columns, not 2"),
        ("namespace,id\nCRM,secret-person,x", "line 2 has 3 columns, not 2"),
        ("namespace,id\nsecret-person,CRM", "line 2 has no namespace"),
        ("namespace,id\nCRM, ", "line 2 has no id"),
        ('namespace,id\nCRM,"secret-person"x', "line 2 is no CSV"),
        ('namespace,id\nCRM,a\nCRM,"secret-person\nCRM,b\n', "line 3 is no CSV"),
        ("CRM,secret-person", "line 1 has no namespace"),
    ],
)
def test_a_line_of_csv_that_names_nobody_is_refused_by_its_number_alone(file, content, said):
    with pytest.raises(ConfigurationError, match=said) as raised:
        read_request(file(content), {"CRM"})
    assert "secret-person" not in str(raised.value)


@pytest.mark.parametrize(
    ("erasure_id", "reason", "said"),
    [
        ("r1", "", "--reason: a letter"),
        ("r1", "a/b", "--reason: a letter"),
        ("r1", "x" * 65, "--reason: a letter"),
        ("r1", "for ann.smith himself", "--reason has an identity"),
        ("r1", "C3", "--reason has an identity"),
        ("of-ann.smith", "asked", "--erasure-id has an identity"),
    ],
)
def test_nothing_that_is_kept_for_ever_names_a_person(erasure_id, reason, said):
    with pytest.raises(ConfigurationError, match=said) as raised:
        require_plain(Request((("crm", "ann.smith"), ("crm", "C3"))), erasure_id, reason)
    assert "ann.smith" not in str(raised.value)


def test_plain_words_are_a_reason_also_where_a_short_id_stands_in_one():
    require_plain(Request((("crm", "C3"), ("crm", "ask"))), "GDPR-C3-17", "asked on C30")


def test_a_file_that_is_not_there_is_a_mistake_of_the_command_line(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(ConfigurationError, match="there is no file"):
            read_request(path)


def test_a_million_lines_are_read_and_one_more_is_refused(file):
    lines = "".join(f"CRM:{number}\n" for number in range(MOST))
    assert len(read_request(file(lines)).identities) == MOST
    with pytest.raises(ConfigurationError, match="more than 1,000,000 identities"):
        read_request(file(lines + "CRM:one-more\n"))


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "-a", "a" * 65, "a:b", "ä"])
def test_the_name_of_an_erasure_is_no_path(name):
    with pytest.raises(ConfigurationError, match="--erasure-id"):
        require_erasure_id(name)


def test_the_name_of_an_erasure_may_be_a_ticket():
    assert require_erasure_id("GDPR-2026.11_3") == "GDPR-2026.11_3"
