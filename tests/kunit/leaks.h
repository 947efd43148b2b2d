/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that nobody points to any more, found by kmemleak on demand. A fence,
 * a BO or a VM that was lost shows up as the memory it lives in.
 *
 * Only from the case itself: user memory is needed to talk to kmemleak.
 */
#ifndef PANTHOR_KUNIT_LEAKS_H
#define PANTHOR_KUNIT_LEAKS_H

struct kunit;

/**
 * leaks_forget() - what is lost by now is not this case's doing
 * @test: the case
 */
void leaks_forget(struct kunit *test);

/**
 * leaks_expect_none() - fail the case if memory was lost since leaks_forget()
 * @test: the case
 *
 * Sleeps: kmemleak trusts no object that is younger than five seconds. Pages
 * count too, with some slack.
 */
void leaks_expect_none(struct kunit *test);

/**
 * leaks_pages() - pages that are neither free nor slab memory
 * @test: the case
 *
 * kmemleak does not see pages that were never slab memory; this does. Slab is
 * left out because KASAN keeps freed objects back for a while. Left out as well are
 * page tables, since those for vmalloc() are never freed, the depot that keeps each
 * stack on which something was allocated or freed, and the kernel's own stacks, since
 * idle workers stay for minutes.
 *
 * Context: may sleep.
 * Return: the count, good for comparing with a later one.
 */
long leaks_pages(struct kunit *test);

#endif
