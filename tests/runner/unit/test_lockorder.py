# SPDX-License-Identifier: GPL-2.0-only
"""The drawing of the lock order is read, and what contradicts it is found."""

import unittest

from lockorder import Order, Seen, wrong

PAGE = '''
Locks
-----

Some words.

::

  a->lock                 may allocate
    b->lock           *   inside,
                          explained at length
      c->lock         * r
  d->lock, e->lock        others
    b->lock           *
  leaves                  f->lock,
                          g->lock
  irq-safe leaves     *   h->lock

More words.
'''

DRAWN = {('a->lock', 'b->lock'), ('b->lock', 'c->lock'), ('d->lock', 'b->lock'), ('e->lock', 'b->lock')}


class FakeSeen:
    """What a run has seen: everything that is drawn, and PAIRS."""

    def __init__(self, pairs=(), without=(), locks=(), irqs_on=()):
        starred = {('<dma_fence_map>', x) for x in ('b->lock', 'c->lock', 'h->lock')}
        starred.add(('<fs_reclaim>', 'c->lock'))
        leaves = {('a->lock', x) for x in ('f->lock', 'g->lock', 'h->lock')}
        self.pairs = {p: 'test' for p in (DRAWN | starred | leaves | set(pairs)) - set(without)}
        self.held = set(self.pairs)
        self.locks, self.irqs_on = set(locks), set(irqs_on)


class Drawing(unittest.TestCase):
    def setUp(self):
        self.order = Order(PAGE)

    def test_is_read(self):
        self.assertEqual(self.order.drawn, DRAWN)
        self.assertEqual(self.order.marked['*'], {'b->lock', 'c->lock', 'h->lock'})
        self.assertEqual(self.order.marked['r'], {'c->lock'})
        self.assertEqual(self.order.leaves, {'f->lock', 'g->lock', 'h->lock'})
        self.assertEqual(self.order.irq_safe, {'h->lock'})

    def test_none_is_an_error(self):
        with self.assertRaises(ValueError):
            Order('Locks\n-----\n\nNone.\n')

    def problems(self, whole=True, **seen):
        """Return what is wrong with a run that saw all that is drawn, and SEEN."""
        return wrong(self.order, FakeSeen(**seen), whole)

    def test_holds(self):
        self.assertEqual(self.problems(pairs=[('a->lock', 'c->lock'), ('c->lock', 'f->lock')]), [])

    def test_other_way_round(self):
        self.assertIn('against the order', self.problems(pairs=[('c->lock', 'a->lock')])[0])

    def test_not_drawn(self):
        self.assertIn('is not drawn', self.problems(pairs=[('a->lock', 'd->lock')])[0])

    def test_inside_of_a_leaf(self):
        self.assertIn('against', self.problems(pairs=[('f->lock', 'c->lock')])[0])
        self.assertIn('against', self.problems(pairs=[('f->lock', 'g->lock')])[0])

    def test_twice(self):
        self.assertIn('inside of itself', self.problems(pairs=[('c->lock', 'c->lock')])[0])

    def test_missing(self):
        without = [('b->lock', 'c->lock')]
        self.assertEqual(self.problems(without=without), ['c->lock was never seen inside of b->lock'])
        self.assertEqual(self.problems(without=without, whole=False), [])

    def test_new_lock(self):
        self.assertEqual(self.problems(locks=['new->lock']), ['new->lock is not drawn'])

    def test_allocation_under_a_star(self):
        self.assertIn('is marked *', self.problems(pairs=[('b->lock', '<fs_reclaim>')])[0])
        self.assertEqual(self.problems(pairs=[('a->lock', '<fs_reclaim>')]), [])

    def test_star_off_the_way(self):
        self.assertIn('never seen inside of <dma_fence_map>', self.problems(without=[('<dma_fence_map>', 'b->lock')])[0])

    def test_allocation_in_reclaim(self):
        self.assertIn('is marked r', ''.join(self.problems(pairs=[('c->lock', '<fs_reclaim>')])))

    def test_interrupts(self):
        self.assertIn('interrupts on', self.problems(irqs_on=['h->lock'])[0])


class Chains(unittest.TestCase):
    def test_who_was_waited_for(self):
        seen = Seen.__new__(Seen)
        seen.own, seen.pairs, seen.held, seen.locks = {0x10, 0x20, 0x30}, {}, set(), set()
        seen.read_chain('test', '[0010] &a->lock\n[0018] &b->lock#2\n[0031] &c->lock/1\n')
        self.assertEqual(set(seen.pairs), {('a->lock', 'c->lock'), ('<&b->lock>', 'c->lock')})
        self.assertIn(('a->lock', '<&b->lock>'), seen.held)
        self.assertEqual(seen.locks, {'a->lock', 'c->lock'})


if __name__ == '__main__':
    unittest.main()
