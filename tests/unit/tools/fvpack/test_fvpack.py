#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""fvpack from outside: its commands, exit codes and messages, and UEFIExtract's opinion of a real volume.

test_fvpack.py FVPACK CORPUS
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

FVPACK = sys.argv[1]
CORPUS = pathlib.Path(sys.argv[2])
DRIVER = CORPUS / 'pe' / 'good-named.bin'
ECHO = '518DDECD-8783-4A04-A6A1-D82B1DD1CE6F'
ONE = '11111111-2222-3333-4444-555555555555'
TWO = '11111111-2222-3333-4444-666666666666'

MANIFEST = """
# A volume as a platform makes it
volume size=256K guid=supv_init
file type=mm_core_standalone guid=supv_init name=init pe32=driver.efi
file type=mm_core_standalone guid=gMmSupervisorCoreGuid name=supervisor pe32=driver.efi
file type=mm_standalone guid=%s name="Driver One" pe32=driver.efi depex="PUSH %s PUSH mm_cpu_io AND END"
file type=mm_standalone guid=%s name=two pe32=driver.efi depex=TRUE crc32=yes   # checked
file type=freeform guid=supv_policy_file name=policy raw=policy.bin align=4K checksum=no
file type=raw guid=supv_aux_file raw=policy.bin
top raw=top.bin name=reset
""" % (ONE, ECHO, TWO)


def run(*arguments):
    return subprocess.run([FVPACK] + [str(a) for a in arguments], capture_output=True, text=True, timeout=60)


class Fvpack(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='fvpack-'))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(DRIVER, self.folder / 'driver.efi')
        (self.folder / 'policy.bin').write_bytes(bytes(range(256)) * 5)
        (self.folder / 'top.bin').write_bytes(b'\x90' * 4093 + b'END')
        (self.folder / 'manifest').write_text(MANIFEST)

    def path(self, name):
        return self.folder / name

    def build(self, *more, output='volume.fv', manifest='manifest'):
        return run('build', '--output', self.path(output), '--dir', self.folder, '--manifest', self.path(manifest),
                   *more)

    def refused(self, words, kind='--file', what=None):
        """The message when one more line of words is given; it says what, where and how to mend."""
        result = self.build(kind, words)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn('fvpack: ', result.stderr)
        self.assertIn('\n  where: ', result.stderr)
        self.assertFalse(self.path('volume.fv').exists())
        if what is not None:
            self.assertIn(what, result.stderr)
        return result.stderr

    def test_builds_the_volume_the_manifest_describes(self):
        result = self.build()
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, '', ''))
        listed = run('list', self.path('volume.fv'), '--json')
        self.assertEqual(listed.returncode, 0, listed.stderr)
        volume = json.loads(listed.stdout)
        self.assertEqual(volume['bytes'], 256 * 1024)
        self.assertEqual(volume['name'], 'A41AD2F6-78D4-47C9-AEF1-B623D0734D63')
        files = [f for f in volume['files'] if f['type'] != 'pad']
        self.assertEqual([f['type'] for f in files], ['mm_core_standalone'] * 2 + ['mm_standalone'] * 2 +
                         ['freeform', 'raw', 'sec'])
        self.assertEqual([f['name'] for f in files], ['init', 'supervisor', 'Driver One', 'two', 'policy', '', 'reset'])
        self.assertEqual(files[2]['depex'], 'PUSH gMmEchoProtocolGuid PUSH gEfiMmCpuIoProtocolGuid AND END')
        self.assertEqual(files[3]['depex'], 'TRUE END')
        self.assertEqual(files[3]['sections'][0]['type'], 'guid_defined')
        self.assertEqual(files[2]['guid'], ONE)
        self.assertEqual((files[4]['offset'] + 24) % 4096, 0)

    def test_lists_for_people(self):
        self.build()
        text = run('list', self.path('volume.fv')).stdout
        for word in 'FFS2', 'Driver One', 'mm_core_standalone', 'depex: TRUE END', ONE, 'erase polarity 1':
            self.assertIn(word, text)

    def test_the_top_file_ends_the_volume(self):
        self.build()
        data = self.path('volume.fv').read_bytes()
        self.assertEqual(data[-4096:], self.path('top.bin').read_bytes())

    def test_is_deterministic(self):
        self.build(output='a.fv')
        self.build(output='b.fv')
        self.assertEqual(self.path('a.fv').read_bytes(), self.path('b.fv').read_bytes())

    def test_words_on_the_command_line_do_the_same(self):
        result = run('build', '--dir', self.folder, '--output', self.path('c.fv'), '--volume', 'size=0x8000',
                     '--file', 'type=mm_standalone guid=%s name="Driver One" pe32=driver.efi depex=TRUE' % ONE)
        self.assertEqual(result.returncode, 0, result.stderr)
        names = [f['name'] for f in json.loads(run('list', self.path('c.fv'), '--json').stdout)['files']]
        self.assertEqual(names, ['Driver One'])

    def test_uefiextract_opens_it_without_a_message(self):
        extractor = shutil.which('UEFIExtract')
        if extractor is None:
            self.skipTest('UEFIExtract is not installed (Debian: uefitool-cli)')
        self.build()
        result = subprocess.run([extractor, self.path('volume.fv'), 'report'], capture_output=True, text=True,
                                timeout=60)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, '', ''))
        report = self.path('volume.fv.report.txt').read_text()
        for name in 'init', 'supervisor', 'Driver One', 'two', 'policy', 'reset':
            self.assertRegex(report, r'(?m)^ File .*\| %s *$' % name)
        self.assertIn('1BA0062E-C779-4582-8566-336AE8F78F09', report)
        self.assertEqual(report.count('PE32 image section'), 4)

    def test_extracts_what_was_packed(self):
        extractor = shutil.which('UEFIExtract')
        if extractor is None:
            self.skipTest('UEFIExtract is not installed (Debian: uefitool-cli)')
        self.build()
        subprocess.run([extractor, self.path('volume.fv'), ONE, '-o', self.path('out'), '-m', 'body', '-t', '10'],
                       capture_output=True, timeout=60, check=False)
        bodies = [p.read_bytes() for p in self.path('out').rglob('body*')]
        self.assertIn(DRIVER.read_bytes(), bodies)

    def test_help_explains_and_exits_0(self):
        result = run('--help')
        self.assertEqual(result.returncode, 0)
        for word in 'build', 'list', 'depex', 'guids', 'Exit codes':
            self.assertIn(word, result.stdout)

    def test_a_wrong_command_line_exits_2(self):
        for arguments in ([], ['pack'], ['build'], ['build', '--output'], ['build', '--colour', 'red'], ['list'],
                          ['list', 'a', 'b'], ['list', '--yaml', 'a'], ['depex'], ['depex', 'TRUE', 'END'],
                          ['guids', 'x'], ['build', '--output', self.path('x.fv')]):
            result = run(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn('mend: see fvpack --help', result.stderr)

    def test_compiles_a_depex(self):
        result = run('depex', 'PUSH %s NOT' % ECHO)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, '02 cd de 8d 51 83 87 04 4a a6 a1 d8 2b 1d d1 ce 6f 05 08\n'
                                        'PUSH gMmEchoProtocolGuid NOT END\n')

    def test_refuses_a_wrong_depex(self):
        for text, what in (('PUSH', 'lacks its GUID'), ('PUSH nobody', 'lacks its GUID'), ('XOR', 'not a depex opcode'),
                           ('AND', 'E_DEPEX_STACK_EMPTY'), ('TRUE TRUE', 'E_DEPEX_UNBALANCED'), ('', 'E_DEPEX_NO_END'),
                           ('TRUE END TRUE', 'E_DEPEX_TRAILING'), ('TRUE SOR', 'E_DEPEX_ORDER'),
                           ('x' * 200, 'longer than'), ('TRUE ' * 5000, 'longer than')):
            result = run('depex', text)
            self.assertEqual(result.returncode, 1, text)
            self.assertIn(what, result.stderr)

    def test_lists_known_guids(self):
        text = run('guids').stdout
        self.assertIn('6DADF1D1-D4CC-4910-BB6E-82B1FD80FF3D  mmram_hob', text)
        self.assertIn('gEfiSmmSmramMemoryGuid', text)

    def test_refuses_wrong_files(self):
        good = 'type=mm_standalone guid=%s pe32=driver.efi' % ONE
        self.refused('guid=%s pe32=driver.efi' % ONE, what='no file type')
        self.refused('type=sys guid=%s pe32=driver.efi' % ONE, what='type=sys')
        self.refused('type=mm_standalone pe32=driver.efi', what='guid= is missing')
        self.refused('type=mm_standalone guid=1234 pe32=driver.efi', what='is no GUID')
        self.refused('type=mm_standalone guid=%s' % ONE, what='no content')
        self.refused('type=mm_standalone guid=%s pe32=nowhere.efi' % ONE, what='cannot read')
        self.refused('type=raw guid=%s pe32=driver.efi' % ONE, what='raw file')
        self.refused('type=raw guid=%s raw=policy.bin name=x' % ONE, what='raw file')
        self.refused(good + ' colour=red', what="'colour'")
        self.refused(good + ' naked', what="'naked'")
        self.refused(good + ' name=a name=b', what='given twice')
        self.refused(good + ' name="a', what='does not end')
        self.refused(good + ' name=%s' % ('n' * 64), what='name=')
        self.refused(good + ' name=', what='name=')
        self.refused(good + ' align=64', what='align=')
        self.refused(good + ' align=lots', what='align=lots')
        self.refused(good + ' crc32=maybe', what='crc32=maybe')
        self.refused(good + ' depex="AND"', what='E_DEPEX_STACK_EMPTY')
        self.refused(' '.join('k%d=v' % i for i in range(30)), what='words')

    def test_refuses_wrong_volumes_and_tops(self):
        self.refused('size=0', '--volume', 'size=0')
        self.refused('size=12Q', '--volume', 'size=12Q')
        self.refused('size=99999999999999999999', '--volume', 'size=')
        self.refused('size=40000', '--volume', 'cannot be')
        self.refused('size=4K', '--volume', 'does not fit')
        self.refused('align=24', '--volume', 'align=')
        self.refused('ffs=4', '--volume', 'ffs=4')
        self.refused('guid=nobody', '--volume', 'is no GUID')
        self.refused('raw=top.bin', '--top', 'second top')

    def test_refuses_wrong_manifests_with_the_line(self):
        self.path('bad').write_text('volume size=64K\n\nfiel type=raw\n')
        result = self.build(manifest='bad')
        self.assertEqual(result.returncode, 1)
        self.assertIn('bad:3', result.stderr)
        self.assertIn("'fiel'", result.stderr)
        self.assertEqual(self.build(manifest='nowhere').returncode, 1)
        self.path('bad').write_text('volume size=64K\ntop name=x\n')
        self.assertIn('raw= is missing', self.build(manifest='bad').stderr)

    def test_refuses_drivers_that_no_loader_takes(self):
        for name in 'bad-pe_write_execute', 'bad-pe_stripped', 'bad-pe_relocation_type-high':
            shutil.copy(CORPUS / 'pe' / (name + '.bin'), self.path('bad.efi'))
            words = 'type=mm_standalone guid=%s pe32=bad.efi' % ONE
            message = self.refused(words, what=name[4:].split('-')[0].upper())
            self.assertIn('bad.efi', message)
            self.assertEqual(self.build('--file', words + ' unchecked=yes', output='unchecked.fv').returncode, 0)

    def test_refuses_to_list_broken_volumes(self):
        for path in sorted((CORPUS / 'fv').glob('bad-ff*.bin')):
            result = run('list', path)
            self.assertEqual(result.returncode, 1, path)
            self.assertIn('offset', result.stderr)
        self.assertEqual(run('list', self.path('nowhere')).returncode, 1)

    def test_lists_every_good_volume(self):
        for path in sorted((CORPUS / 'fv').glob('good-*.bin')):
            result = run('list', path, '--json')
            self.assertEqual(result.returncode, 0, (path, result.stderr))
            json.loads(result.stdout)
            self.assertEqual(run('list', path).returncode, 0)

    def test_refuses_an_output_it_cannot_write(self):
        result = self.build(output='nowhere/volume.fv')
        self.assertEqual(result.returncode, 1)
        self.assertIn('cannot create', result.stderr)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
